package dev.rbees.ctl.command;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.client.FakeServer;
import dev.rbees.home.RbeesHome;
import dev.rbees.remote.OpenSshServer;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.Terminals;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The commands of rbees, run in this process against real OpenSSH servers that stand for pools. */
abstract class PoolMachines {

    /** What a pool's {@code info --output json} prints. */
    static final String INFO = """
                               {"schema":1,"host":"box","os":"Debian 13","cpu":{"model":"x","cores":16,"features":[]},\
                               "memory":{"total_bytes":64000000000,"available_bytes":32000000000},\
                               "disk":{"path":"/","total_bytes":1000000000000,"free_bytes":500000000000},\
                               "gpus":[{"index":0,"name":"RTX 3090","vram_total_bytes":25000000000}],"models":[],"workers":[]}""";

    @TempDir
    Path folder;

    final Map<String, String> environment = new HashMap<>();
    final List<OpenSshServer> servers = new ArrayList<>();
    FakeServer orchestrator;
    Terminals terminals = Terminals.NONE;

    /**
     * What became of a command.
     *
     * @param status its exit code
     * @param out its data
     * @param err its talk
     */
    record Ran(int status, String out, String err) {}

    @BeforeEach
    void begin() throws Exception {
        Files.createFile(folder.resolve("ssh-config"));
        orchestrator = new FakeServer();
        environment.put("RBEES_ORCHESTRATOR_URL", "http://127.0.0.1:1");
        environment.put("RBEES_SSH_CONFIG", folder.resolve("ssh-config").toString());
    }

    @AfterEach
    void end() {
        orchestrator.close();
        servers.forEach(OpenSshServer::close);
    }

    /** A machine that the SSH configuration calls so, with a script for rbees-pool. */
    OpenSshServer machine(String alias, String script) throws Exception {
        Path place = folder.resolve(alias);
        OpenSshServer server = new OpenSshServer(place, List.of("SetEnv RBEES_HOME=" + place.resolve("home") + " PATH="
                + place.resolve("bin") + ":/usr/bin:/bin"));
        servers.add(server);
        server.poolIs(script);
        alias(alias, server.port(), server);
        return server;
    }

    /** Writes an alias into the SSH configuration, with the key and the known hosts of a server. */
    void alias(String alias, int port, OpenSshServer server) throws Exception {
        Files.writeString(folder.resolve("ssh-config"), """
                                                        Host %s
                                                          HostName 127.0.0.1
                                                          Port %d
                                                          User %s
                                                          IdentityFile %s/key
                                                          UserKnownHostsFile %s
                                                        """.formatted(alias, port, System.getProperty("user.name"),
                server.folder(), server.knownHosts()), StandardOpenOption.APPEND);
    }

    Path poolsFile() {
        return folder.resolve("rbees-home/pools.toml");
    }

    /** Writes pools.toml: id and host of each. */
    void pools(String... idsAndHosts) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < idsAndHosts.length; i += 2) {
            text.append("[[pools]]\nid = \"").append(idsAndHosts[i]).append("\"\nhost = \"").append(idsAndHosts[i + 1])
                    .append("\"\n");
        }
        Files.createDirectories(poolsFile().getParent());
        Files.writeString(poolsFile(), text);
    }

    /** Runs a command; a failure is told as the program does. */
    Ran run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8),
                InputStream.nullInputStream(), terminals, environment);
        int status;
        try {
            status = run(console, List.of(words));
        } catch (RbeesException e) {
            console.say("error: " + e.userMessage());
            status = e.code().exitCode().code();
        } catch (UsageException e) {
            console.say("error: " + e.userMessage());
            status = 2;
        }
        return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    private int run(Console console, List<String> words) {
        String line = String.join(" ", words) + " ";
        ShellCommand command = CtlCommands.commandSet(console, new RbeesHome(folder.resolve("rbees-home"))).commands()
                .stream()
                .filter(known -> line.startsWith(known.spec().path() + " "))
                .max(Comparator.comparingInt(known -> known.spec().path().length())).orElseThrow();
        return command.work()
                .run(CommandLine.parse(command.spec(), words.subList(command.spec().words().size(), words.size())));
    }
}

package dev.rbees.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What {@code ssh -G} says about a host is right by definition. */
class SshConfigOracleTest {

    private static final long SEED = 20261127;
    private static final int CONFIGURATIONS = 80;
    private static final Path HOME_SSH = Path.of(System.getProperty("user.home"), ".ssh");

    private static final List<String> HOSTS = List.of("box", "Box", "gpu-1", "u1@gpu-9", "a.lan", "box:2022", "10.0.0.7");
    private static final List<String> BLOCKS = List.of("Host box", "Host gpu-*", "Host gpu-* !gpu-9", "Host *",
            "Host \"box\"",
            "Host = *.lan 10.0.0.?", "host !box *", "Host \"gpu-1\" 'a.lan' # mine", "Host", "Match all",
            "Match host box,gpu-*",
            "Match host \"*.lan\" user u1", "Match originalhost BOX", "Match !host gpu-*", "match user u1,u2",
            "Match localuser root,!nobody", "Match host 10.0.0.*,!10.0.0.8", "Match final host real-*",
            "Match canonical all",
            "Match !final host box", "Match user=u1", "Match localuser nobody", "Match final all",
            "Match host a.lan !user u2");
    private static final List<String> LINES = List.of("HostName real-%h", "HostName 10.0.0.7", "hostname \"Real-Box\"",
            "HostName=a%%b", "User u1", "User = u2", "user\t\"u 3\"", "Port 2222", "Port=2223", "port   =   2224",
            "IdentityFile ~/.ssh/one", "IdentityFile \"~/a b/%u\"", "IdentityFile /k/%d/%h", "IdentityFile none",
            "IdentitiesOnly yes", "IdentitiesOnly no", "UserKnownHostsFile /k1 \"/k 2\"", "UserKnownHostsFile ~/.ssh/k3",
            "UserKnownHostsFile none", "UserKnownHostsFile /dev/null", "ProxyJump gate", "ProxyJump u@g1:23,g2",
            "ProxyJump none", "ProxyCommand none", "HostKeyAlias mybox", "ForwardAgent yes", "SendEnv LANG LC_*",
            "# a comment", "", "IdentityFile /c # comment");

    @TempDir
    Path folder;

    private int files;

    private Path configuration(SplittableRandom random, int depth) throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = random.nextInt(4, 14); i > 0; i--) {
            int kind = random.nextInt(10);
            if (kind < 3) {
                lines.add(BLOCKS.get(random.nextInt(BLOCKS.size())));
            } else if (kind == 3 && depth < 2) {
                Path included = configuration(random, depth + 1);
                lines.add((random.nextBoolean() ? "  Include " : "include = ") + included + " " + folder + "/no-such-*");
            } else {
                lines.add("  " + LINES.get(random.nextInt(LINES.size())));
            }
        }
        lines.removeIf("Host"::equals);
        return Files.write(folder.resolve("config-" + files++), lines);
    }

    @Test
    void agreesWithSshOnGeneratedConfigurations() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh")), "no ssh on this machine");
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < CONFIGURATIONS; i++) {
            Path file = configuration(random, 0);
            for (String host : HOSTS) {
                assertThat(ours(file, host)).as("seed %d, configuration %d, host %s:%n%s", SEED, i, host, shown())
                        .isEqualTo(oracle(file, host));
            }
            for (int n = 0; n < files; n++) {
                Files.delete(folder.resolve("config-" + n));
            }
            files = 0;
        }
    }

    private String shown() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = files - 1; i >= 0; i--) {
            text.append("== ").append(folder).append("/config-").append(i).append('\n')
                    .append(Files.readString(folder.resolve("config-" + i)));
        }
        return text.toString();
    }

    private Map<String, String> ours(Path file, String host) {
        RemoteHost asked = RemoteHost.parse(host);
        SshHostConfig config = new SshConfig(List.of(file), HOME_SSH, System.getProperty("user.name")).of(asked);
        Map<String, String> said = new TreeMap<>(Map.of("hostname", config.hostName(), "port", "" + config.port(), "user",
                config.user(), "identitiesonly", config.identitiesOnly() ? "yes" : "no", "identityfile",
                String.join("|", config.identityFiles()), "userknownhostsfile", files(config.userKnownHosts()),
                "hostkeyalias",
                config.hostKeyAlias(), "proxyjump", String.join(",", config.proxyJump())));
        return said;
    }

    private static String files(List<String> names) {
        return String.join(" ", names.isEmpty()
                ? List.of("none")
                : names.stream().map(name -> SshPaths.absolute(name, HOME_SSH, HOME_SSH).toString()).toList());
    }

    private static Map<String, String> oracle(Path file, String host) throws Exception {
        RemoteHost asked = RemoteHost.parse(host);
        List<String> command = new ArrayList<>(List.of("/usr/bin/ssh", "-G", "-F", file.toString()));
        asked.port().ifPresent(port -> command.addAll(List.of("-p", "" + port)));
        command.add(asked.user().map(user -> user + "@").orElse("") + asked.name());
        Process ssh = new ProcessBuilder(command).redirectErrorStream(true).start();
        ssh.getOutputStream().close();
        String output = new String(ssh.getInputStream().readAllBytes(), UTF_8);
        assertThat(ssh.waitFor()).as(output).isZero();
        Map<String, String> said = new TreeMap<>(Map.of("identityfile", "", "hostkeyalias", "", "proxyjump", ""));
        output.lines().forEach(line -> {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "hostname", "port", "user", "identitiesonly", "userknownhostsfile", "hostkeyalias", "proxyjump" -> said
                        .put(words[0], words[1]);
                case "identityfile" -> said.merge(words[0], words[1], (a, b) -> a.isEmpty() ? b : a + "|" + b);
                default -> {}
            }
        });
        // why: these are the usual ones, which stand for none configured
        said.computeIfPresent("identityfile", (_, files) -> files.startsWith("~/.ssh/id_rsa|") ? "" : files);
        return said;
    }
}

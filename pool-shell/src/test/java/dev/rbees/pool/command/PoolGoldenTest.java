package dev.rbees.pool.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.process.FakeInstallation;
import dev.rbees.shell.CommandSet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.Terminals;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.testing.Golden;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What every command of rbees-pool prints that is the same on every machine: its help, and its data in every form. */
class PoolGoldenTest {

    private static final List<String> FORMS = List.of("table", "json", "yaml", "name");

    @TempDir
    Path folder;

    private RbeesHome home;

    @BeforeEach
    void prepare() throws Exception {
        FakeInstallation.prepare(folder, folder.resolve("home"));
        home = new RbeesHome(folder.resolve("home"));
        Path record = RbeesHome.directory(home.workers()).resolve("worker-cpu-x7k2p9.json");
        Files.writeString(record,
                """
                {"worker_id": "worker-cpu-x7k2p9", "pid": 999999999, "process_start": "gone", "backend": "cpu",
                 "model": "smollm2-135m", "port": 8001, "threads": 2, "started_at": "2026-11-23T12:00:00.000Z",
                 "arguments": ["--worker-id", "worker-cpu-x7k2p9", "--port", "8001"]}
                """);
        Files.writeString(home.workers().resolve("worker-cpu-x7k2p9.log"), "first\nlast\n");
    }

    /** What a command writes to standard output, with the places of this test by name. */
    private String printed(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(out, true, UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                new ByteArrayInputStream(new byte[0]), Terminals.NONE, Map.of("RBEES_INSTALL", folder.toString()));
        CommandSet commands = PoolCommands.commandSet(console, home);
        String line = String.join(" ", words);
        ShellCommand command = commands.commands().stream().filter(each -> line.startsWith(each.spec().path()))
                .max((a, b) -> Integer.compare(a.spec().path().length(), b.spec().path().length())).orElseThrow();
        List<String> rest = List.of(words).subList(command.spec().words().size(), words.length);
        command.work().run(CommandLine.parse(command.spec(), rest));
        return out.toString(UTF_8).replace(folder.toString(), "FOLDER").replaceAll("\\d+d ago", "AGE")
                .replace(System.getProperty("user.home"), "USER_HOME");
    }

    @Test
    void everyHelpPage() {
        Golden.check("help.txt", PoolSpecs.ALL.stream().map(spec -> spec.help("rbees-pool"))
                .collect(Collectors.joining("\n--------\n")));
    }

    /** why: an example that does not parse is worse than none. */
    @Test
    void everyExampleIsUnderstood() {
        for (CommandSpec spec : PoolSpecs.ALL) {
            assertThat(spec.examples()).as(spec.path()).isNotEmpty()
                    .allMatch(example -> example.startsWith("rbees-pool " + spec.path()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"models catalog", "models list", "models show smollm2-135m", "models disk-usage",
        "models verify smollm2-135m", "models lock", "worker list", "worker show worker-cpu"})
    void dataInEveryForm(String command) {
        List<String> all = new ArrayList<>();
        for (String form : FORMS) {
            List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
            words.addAll(List.of("--output", form));
            all.add(form + ":\n" + printed(words.toArray(String[]::new)));
        }
        Golden.check(command.replace(" smollm2-135m", "").replace(" worker-cpu", "").replace(' ', '-') + ".txt",
                String.join("\n", all));
    }

    @Test
    void logsAndServices() {
        Golden.check("worker-logs.txt", printed("worker", "logs", "worker-cpu-x7k2p9", "--lines", "1"));
        Golden.check("service-install.txt",
                printed("service", "install", "--print").replaceAll("WantedBy=.*", "WantedBy=TARGET"));
    }
}

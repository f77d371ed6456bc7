package dev.rbees.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Program;

import static org.assertj.core.api.Assertions.assertThat;

class DispatcherTest {

    private static final OptionSpec HOST = OptionSpec.optional("host", "host", "where");

    private final RecordingConsole console = RecordingConsole.ofScript();
    private final List<String> ran = new ArrayList<>();
    private final Dispatcher dispatcher = new Dispatcher(new Program("tool", "1.2"), "does things", new CommandTable(List.of(
            command("models list", List.of(), line -> 0),
            command("models fetch", List.of(new ArgumentSpec("id", "which")), line -> 7),
            command("worker stop", List.of(new ArgumentSpec("id", "which")), line -> {
                throw new RbeesException(ErrorCode.WORKER_NOT_FOUND, "no worker 'x\u001b[31m'");
            }),
            command("status", List.of(), line -> {
                throw new IllegalStateException("inner secret");
            }))), console.console());

    private ShellCommand command(String path, List<ArgumentSpec> arguments, ToIntFunction<CommandLine> work) {
        CommandSpec spec = new CommandSpec(path, "Summary of " + path, arguments,
                List.of(HOST, OptionSpec.flag("force", "do not ask")), List.of("tool " + path));
        return new ShellCommand(spec, line -> {
            ran.add(path + " host=" + line.option("host", "-") + " force=" + line.flag("force")
                    + (arguments.isEmpty() ? "" : " id=" + line.argument(0)));
            return work.applyAsInt(line);
        });
    }

    private int run(String... words) {
        return dispatcher.run(List.of(words));
    }

    @Test
    void runsTheLongestMatchingCommandAndGivesItsExitCode() {
        assertThat(run("models", "fetch", "smollm2", "--force")).isEqualTo(7);
        assertThat(ran).containsExactly("models fetch host=- force=true id=smollm2");
    }

    @Test
    void aCommandMayHaveCommandsBelowIt() {
        Dispatcher nested = new Dispatcher(new Program("tool", "1"), "does things", new CommandTable(List.of(
                command("workers", List.of(), line -> 0),
                command("workers show", List.of(new ArgumentSpec("id", "which")), line -> 0))), console.console());

        nested.run(List.of("workers", "--force"));
        nested.run(List.of("workers", "show", "w-1"));
        nested.run(List.of("--host", "a", "workers"));

        assertThat(ran).containsExactly("workers host=- force=true", "workers show host=- force=false id=w-1",
                "workers host=a force=false");
        assertThat(nested.run(List.of("workers", "shows"))).isEqualTo(2);
    }

    @Test
    void takesOptionsBetweenTheWordsOfTheCommand() {
        run("--host", "a", "models", "--force", "fetch", "x");
        run("models", "--host=b", "fetch", "--", "--x");

        assertThat(ran).containsExactly("models fetch host=a force=true id=x", "models fetch host=b force=false id=--x");
    }

    @Test
    void printsTheOverview() {
        assertThat(run("--help")).isZero();
        String page = console.out();
        assertThat(page).isEqualTo("""
                                   tool: does things

                                   Usage: tool <command> [arguments] [options]

                                     models list   Summary of models list
                                     models fetch  Summary of models fetch

                                     worker stop   Summary of worker stop

                                     status        Summary of status

                                   'tool <command> --help' shows what a command takes, '--version' the version.
                                   Without a command, at a terminal, it is a shell in which they are typed.
                                   """);
        assertThat(run("help")).isZero();
        assertThat(console.out()).isEqualTo(page + page);
        assertThat(console.err()).isEmpty();
    }

    @Test
    void printsThePageOfAGroupAndOfACommand() {
        run("worker", "--help");
        assertThat(console.out()).contains("Usage: tool worker <command>").contains("worker stop").doesNotContain("models");

        run("help", "models", "fetch");
        assertThat(console.out()).endsWith("""
                                           Summary of models fetch

                                           Usage: tool models fetch <id> [options]

                                           Arguments:
                                             id  which

                                           Options:
                                             --host <host>  where
                                             --force        do not ask
                                             --help         show this help (or -h)

                                           Examples:
                                             tool models fetch
                                           """);
        assertThat(run("models", "fetch", "--help")).isZero();
        assertThat(ran).isEmpty();
    }

    @Test
    void printsTheVersion() {
        assertThat(run("--version")).isZero();
        assertThat(console.out()).isEqualTo("tool 1.2 (Java " + Runtime.version() + ")\n");
    }

    @Test
    void wrongUsageSaysWhatWasMeantAndPrintsNoData() {
        assertThat(run("modles")).isEqualTo(2);
        assertThat(console.err()).startsWith("error: unknown command 'modles'; did you mean 'models'?\n");
        assertThat(run("models", "lst")).isEqualTo(2);
        assertThat(console.err()).contains("unknown command 'models lst'; did you mean 'list'?");
        assertThat(run("models", "lits")).isEqualTo(2);
        assertThat(console.err()).contains("unknown command 'models lits'; did you mean 'list'?");
        assertThat(run("MODELS", "list")).isEqualTo(2);
        assertThat(console.err()).contains("unknown command 'MODELS'; did you mean 'models'?");
        assertThat(run("models", "list", "--hst", "a")).isEqualTo(2);
        assertThat(console.err()).contains("unknown option --hst; did you mean '--host'?");
        assertThat(run("models", "fetch")).isEqualTo(2);
        assertThat(console.err()).contains("<id> is missing: which");
        assertThat(run("--bogus")).isEqualTo(2);
        assertThat(console.out()).isEmpty();
        assertThat(ran).isEmpty();
    }

    @Test
    void wrongUsagePointsToTheNearestHelp() {
        run("models", "fetch");
        assertThat(console.err()).endsWith("'tool models fetch --help' shows what it takes\n");
        run("models", "lst");
        assertThat(console.err()).endsWith("'tool models --help' lists the commands below it\n");
        run("modles", "list");
        assertThat(console.err()).endsWith("'tool --help' lists the commands; each has its own --help\n");
    }

    @Test
    void aGroupAloneShowsItsHelp() {
        assertThat(run("models")).isEqualTo(2);
        assertThat(console.err()).startsWith("Usage: tool models <command>").contains("models fetch")
                .doesNotContain("status");
        assertThat(console.out()).isEmpty();
    }

    @Test
    void wordsOfOtherToolsAreTakenForSlips() {
        Map.of("ls", "models list", "ps", "models list", "rm", "worker stop").forEach((word, meant) -> {
            assertThat(run(word)).isEqualTo(2);
            assertThat(console.err()).contains("unknown command '" + word + "'; did you mean '" + meant + "'?");
        });
        run("models", "ls");
        assertThat(console.err()).contains("unknown command 'models ls'; did you mean 'models list'?");
    }

    @Test
    void takesTheShortFormsThatEverybodyKnows() {
        assertThat(run("-h")).isZero();
        assertThat(run("models", "-h")).isZero();
        assertThat(run("models", "fetch", "-h")).isZero();
        assertThat(run("worker", "stop", "x", "-o", "json")).isEqualTo(2);
        assertThat(console.err()).contains("unknown option --output");
        for (String version : new String[] {"version", "-V", "-v"}) {
            assertThat(run(version)).isZero();
            assertThat(console.out()).endsWith("tool 1.2 (Java " + Runtime.version() + ")\n");
        }
        assertThat(run("models", "fetch", "a", "-f")).isEqualTo(2);
        assertThat(console.err()).contains("unknown option -f; did you mean '--force'?");
        assertThat(ran).isEmpty();
    }

    @Test
    void aFailureIsOneHarmlessLineWithItsExitCode() {
        assertThat(run("worker", "stop", "x")).isEqualTo(3);
        assertThat(console.err()).isEqualTo("error: no worker 'x[31m'\n");
        assertThat(console.out()).isEmpty();
    }

    @Test
    void aFaultOfOursIsOneLineWithoutItsInside() {
        assertThat(run("status")).isEqualTo(1);
        assertThat(console.err()).isEqualTo("error: tool has a fault (IllegalStateException); please report it with the "
                + "command that you gave\n");
    }
}

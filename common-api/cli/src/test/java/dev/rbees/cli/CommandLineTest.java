package dev.rbees.cli;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandLineTest {

    private enum Colour {
        RED,
        DARK_BLUE
    }

    private static final CommandSpec SPEC = new CommandSpec("job run", "Run a job",
            List.of(new ArgumentSpec("id", "which")),
            List.of(OptionSpec.flag("yes", "do not ask"), OptionSpec.optional("host", "host", "where"),
                    OptionSpec.repeatable("stop", "text", "where to end"),
                    OptionSpec.optional("count", "number", "how many"),
                    OptionSpec.optional("colour", "name", "which"), OptionSpec.optional("rate", "number", "how fast")),
            List.of());

    private static CommandLine parse(String... words) {
        return CommandLine.parse(SPEC, List.of(words));
    }

    private static void refuses(String message, String... words) {
        assertThatThrownBy(() -> parse(words)).isInstanceOf(UsageException.class).hasMessageContaining(message);
    }

    @Test
    void sortsOptionsAndArgumentsInAnyOrder() {
        CommandLine line = parse("--host=a=b", "x", "--yes");

        assertThat(line.argument(0)).isEqualTo("x");
        assertThat(line.option("host")).contains("a=b");
        assertThat(line.flag("yes")).isTrue();
        assertThat(line.help()).isFalse();
    }

    @Test
    void takesWhateverFollowsAnOptionAsItsValue() {
        assertThat(parse("x", "--host", "--yes").option("host")).contains("--yes");
        assertThat(parse("x", "--count", "-1").option("count")).contains("-1");
        assertThat(parse("--", "--yes").argument(0)).isEqualTo("--yes");
    }

    @Test
    void anOptionIsGivenOnceUnlessItIsRepeatable() {
        assertThat(parse("x", "--stop", "a", "--stop=", "--stop", "b").options("stop")).containsExactly("a", "", "b");
        assertThat(parse("x").options("stop")).isEmpty();
        refuses("--host is given twice", "x", "--host", "a", "--host", "b");
    }

    @Test
    void givesTheWordsWithoutOneOption() {
        String[] words = {"--host", "--", "--stop", "--host", "--yes", "--", "--host=z"};

        assertThat(parse(words).wordsWithout("host")).containsExactly("--stop", "--host", "--yes", "--", "--host=z");
        assertThat(parse("--host=a", "x").wordsWithout("host")).containsExactly("x");
        assertThat(parse("--host", "a", "x").wordsWithout("stop")).containsExactly("--host", "a", "x");
    }

    @Test
    void readsNumbersAndChoices() {
        CommandLine line = parse("x", "--count", "3", "--rate", "0.5", "--colour", "Dark_Blue");

        assertThat(line.integer("count", 1, 5)).contains(3);
        assertThat(line.number("rate", 0, 1)).contains(0.5);
        assertThat(line.choice("colour", Colour.class)).contains(Colour.DARK_BLUE);
        assertThat(parse("x").choice("colour", Colour.class)).isEmpty();
        assertThatThrownBy(() -> parse("x", "--count", "9").integer("count", 1, 5))
                .hasMessage("--count must be a whole number from 1 to 5 (got '9')");
        assertThatThrownBy(() -> parse("x", "--rate", "NaN").number("rate", 0, 1)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> parse("x", "--colour", "rad").choice("colour", Colour.class))
                .hasMessage("--colour must be one of red, dark_blue (got 'rad'); did you mean 'red'?");
    }

    @Test
    void refusesWhatDoesNotFit() {
        refuses("<id> is missing: which");
        refuses("unexpected argument 'c'", "a", "c");
        refuses("unknown option -x", "a", "-x");
        refuses("--host needs a value: where", "a", "--host");
        refuses("--yes takes no value", "a", "--yes=no");
    }

    @Test
    void shortOptionsStandForLongOnes() {
        CommandSpec printing = new CommandSpec("list", "List", List.of(),
                List.of(OptionSpec.optional("output", "format", "form")),
                List.of());
        for (List<String> words : List.of(List.of("-o", "json"), List.of("-ojson"), List.of("-o=json"))) {
            assertThat(CommandLine.parse(printing, words).option("output")).contains("json");
        }
        assertThat(CommandLine.parse(printing, List.of("-o", "json")).wordsWithout("x")).containsExactly("--output", "json");
        assertThat(parse("--host", "-h", "x").option("host")).contains("-h");
        assertThat(parse("--", "-h").argument(0)).isEqualTo("-h");
    }

    @Test
    void theShortModelStandsForTheLongOneWhereThereIsOne() {
        CommandSpec asking = new CommandSpec("ask", "Ask", List.of(), List.of(OptionSpec.optional("model", "id", "which")),
                List.of());
        for (List<String> words : List.of(List.of("-m", "tiny"), List.of("-mtiny"), List.of("-m=tiny"))) {
            assertThat(CommandLine.parse(asking, words).option("model")).contains("tiny");
        }
        refuses("unknown option -m", "a", "-m");
        assertThat(asking.help("tool")).contains("--model <id>  which (or -m)\n");
    }

    @Test
    void slipsInNamesAreSeen() {
        refuses("unknown option --hots; did you mean '--host'?", "x", "--hots", "a");
        refuses("unknown option --HOST; did you mean '--host'?", "x", "--HOST", "a");
        refuses("unknown option -s; did you mean '--stop'?", "x", "-s", "a");
    }

    @Test
    void withHelpNothingElseIsChecked() {
        assertThat(parse("--help").help()).isTrue();
        assertThat(parse("-h").help()).isTrue();
    }

    @Test
    void aCommandCanBeOfferedUnderAnotherPathWithMoreOptions() {
        CommandSpec remote = SPEC.with("pool job run", List.of(OptionSpec.required("via", "host", "through")),
                List.of("e.g."));

        assertThat(remote.words()).containsExactly("pool", "job", "run");
        assertThat(remote.help("tool")).startsWith("""
                                                   Run a job

                                                   Usage: tool pool job run <id> --via <host> [options]
                                                   """).contains("--stop <text>", "where to end (may be repeated)",
                "through (required)", "e.g.");
    }
}

package dev.rbees.shell;

import java.util.List;
import java.util.Map;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;

/** The options that every command takes. */
final class GlobalOptions {

    private static final OptionSpec NO_INPUT = OptionSpec.flag("no-input", "ask nothing, as in a script");
    private static final OptionSpec NO_COLOR = OptionSpec.flag("no-color", "print no colours, as with NO_COLOR");
    private static final List<OptionSpec> ALL = List.of(NO_INPUT, NO_COLOR);

    private GlobalOptions() {}

    /** The command with these options. */
    static ShellCommand on(ShellCommand command) {
        CommandSpec spec = command.spec();
        return new ShellCommand(spec.with(spec.path(), ALL, spec.examples()), line -> run(command, line));
    }

    private static int run(ShellCommand command, CommandLine line) {
        return line.flag(NO_INPUT.name())
                ? ScopedValue.where(Console.UNATTENDED, true).call(() -> command.work().run(line))
                : command.work().run(line);
    }

    /** The words that are none of these options. */
    static List<String> others(List<String> words) {
        return words.stream().filter(word -> !is(word, NO_INPUT) && !is(word, NO_COLOR)).toList();
    }

    /** Whether nothing but these options is there. */
    static boolean alone(List<String> words) {
        return others(words).isEmpty();
    }

    static boolean noInput(List<String> words) {
        return words.stream().anyMatch(word -> is(word, NO_INPUT));
    }

    /** Whether colours are not wanted; <a href="https://no-color.org">any text</a> in the variable means that. */
    static boolean noColor(List<String> words, Map<String, String> environment) {
        return words.stream().anyMatch(word -> is(word, NO_COLOR))
                || !environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static boolean is(String word, OptionSpec option) {
        return word.equals("--" + option.name());
    }
}

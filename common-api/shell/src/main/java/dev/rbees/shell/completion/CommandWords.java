package dev.rbees.shell.completion;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;

/**
 * The words that make up the commands of a program.
 *
 * @param specs every command
 */
record CommandWords(List<CommandSpec> specs) {

    /** The word before the words of any command, which shows its help. */
    static final String HELP = "help";

    private static final Word HELP_WORD = new Word(HELP, "List the commands, or show what one takes");
    private static final Word VERSION = new Word("version", "Print the version");

    CommandWords {
        specs = List.copyOf(specs);
    }

    /** Every group of commands, beginning with the empty path of the program itself. */
    SequencedSet<String> groups() {
        SequencedSet<String> groups = new LinkedHashSet<>(List.of(""));
        for (CommandSpec spec : specs) {
            List<String> words = spec.words();
            for (int depth = 1; depth < words.size(); depth++) {
                groups.add(String.join(" ", words.subList(0, depth)));
            }
        }
        return groups;
    }

    /** The words that may follow a group; none for a command. */
    List<Word> next(String path) {
        int depth = path.isEmpty() ? 0 : path.split(" ", -1).length;
        SequencedSet<String> following = new LinkedHashSet<>();
        specs.stream().filter(spec -> path.isEmpty() || spec.path().startsWith(path + " "))
                .forEach(spec -> following.add(spec.words().get(depth)));
        List<Word> words = new ArrayList<>(
                following.stream().map(word -> described(path.isEmpty() ? word : path + " " + word, word)).toList());
        if (path.isEmpty()) {
            words.addAll(List.of(HELP_WORD, VERSION));
        }
        return words;
    }

    private Word described(String path, String word) {
        return find(path).map(spec -> new Word(word, spec.summary())).orElseGet(() -> new Word(word,
                String.join(", ", next(path).stream().map(Word::text).toList())));
    }

    Optional<CommandSpec> find(String path) {
        return specs.stream().filter(spec -> spec.path().equals(path)).findFirst();
    }

    /** The options of a command, with their dashes. */
    static List<Word> options(CommandSpec spec) {
        return spec.allOptions().stream().map(option -> new Word("--" + option.name(), option.description())).toList();
    }

    /** The options of a command that take a value. */
    static Stream<OptionSpec> withValue(CommandSpec spec) {
        return spec.allOptions().stream().filter(option -> !option.isFlag());
    }

    /** What an argument may be, counted from 0; anything when the command takes no such argument. */
    static Candidates argument(CommandSpec spec, int index) {
        List<ArgumentSpec> arguments = spec.arguments();
        if (index < arguments.size()) {
            return arguments.get(index).candidates();
        }
        return !arguments.isEmpty() && arguments.getLast().repeatable()
                ? arguments.getLast().candidates()
                : Candidates.ANYTHING;
    }
}

package dev.rbees.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.Suggestion;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.ShortOption;
import dev.rbees.cli.UsageException;

/**
 * Finds the command that a line of words means.
 *
 * @param commands in the order of the help
 */
record CommandTable(List<ShellCommand> commands) {

    CommandTable {
        commands = List.copyOf(commands);
    }

    /**
     * A line of words, sorted.
     *
     * @param path the words that name a command, or a group of commands
     * @param command the command, empty when the path only names a group
     * @param rest the other words; options that stood among the path come last
     */
    record Match(String path, Optional<ShellCommand> command, List<String> rest) {}

    /**
     * The longest path that the words begin with. Options may stand between its words, but not behind words that are a command
     * already.
     *
     * @throws UsageException when no command begins like this
     */
    Match match(List<String> words) {
        String path = "";
        List<String> rest = new ArrayList<>(words);
        List<String> early = new ArrayList<>();
        while (!rest.isEmpty() && (find(path).isEmpty() || !below(path + " " + rest.getFirst()).isEmpty())) {
            String group = path;
            String word = ShortOption.expand(rest.removeFirst(),
                    name -> below(group).stream().anyMatch(spec -> spec.option(name).isPresent()));
            if (word.startsWith("-")) {
                early.add(word);
                if (takesValue(path, word) && !rest.isEmpty()) {
                    early.add(rest.removeFirst());
                }
                continue;
            }
            String longer = path.isEmpty() ? word : path + " " + word;
            if (below(longer).isEmpty()) {
                throw unknown(path, word);
            }
            path = longer;
        }
        // why: after "--" everything is an argument, so the early options go before it
        int end = rest.contains("--") ? rest.indexOf("--") : rest.size();
        rest.addAll(end, early);
        return new Match(path, find(path), List.copyOf(rest));
    }

    /** The longest path at the beginning of the words that names a command or a group. */
    String nearest(List<String> words) {
        String path = "";
        for (String word : words) {
            String longer = path.isEmpty() ? word : path + " " + word;
            if (below(longer).isEmpty()) {
                return path;
            }
            path = longer;
        }
        return path;
    }

    Optional<ShellCommand> find(String path) {
        return commands.stream().filter(command -> command.spec().path().equals(path)).findFirst();
    }

    /** The commands whose path is this or begins with it. */
    List<CommandSpec> below(String path) {
        return commands.stream().map(ShellCommand::spec)
                .filter(spec -> path.isEmpty() || spec.path().equals(path) || spec.path().startsWith(path + " "))
                .toList();
    }

    private boolean takesValue(String path, String word) {
        String name = word.replaceFirst("^--?", "");
        return below(path).stream().map(spec -> spec.option(name)).flatMap(Optional::stream)
                .anyMatch(option -> !option.isFlag());
    }

    private UsageException unknown(String path, String word) {
        int depth = path.isEmpty() ? 0 : path.split(" ", -1).length;
        List<String> siblings = Stream.concat(depth == 0 ? Stream.of("help") : Stream.empty(),
                below(path).stream().map(CommandSpec::words).filter(words -> words.size() > depth)
                        .map(words -> words.get(depth)))
                .distinct().toList();
        String shown = Printable.text(path.isEmpty() ? word : path + " " + word);
        return new UsageException("unknown command '" + shown + "'" + Suggestion.closest(word, siblings)
                .or(() -> OtherWords.meant(word, below(path))).map(Suggestion::didYouMean).orElse(""));
    }
}

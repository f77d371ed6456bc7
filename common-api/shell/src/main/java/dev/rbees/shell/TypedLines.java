package dev.rbees.shell;

import java.util.List;
import java.util.Optional;

import org.springframework.shell.core.command.CommandArgument;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.ParsedInput;

import dev.rbees.cli.UsageException;

/**
 * Spring Shell's way in for a typed line. It only finds the command; all words stay as they are for the
 * {@link Dispatcher}, so that a typed line means what the same words mean as argv.
 */
final class TypedLines implements CommandParser {

    private final CommandTable table;
    private final List<String> builtIn;

    /** @param builtIn commands of Spring Shell, each of one word */
    TypedLines(CommandTable table, List<String> builtIn) {
        this.table = table;
        this.builtIn = List.copyOf(builtIn);
    }

    @Override
    public ParsedInput parse(String input) {
        List<String> words = LineSplitter.split(input);
        if (!words.isEmpty() && builtIn.contains(words.getFirst())) {
            return named(words.getFirst(), words.subList(1, words.size()));
        }
        // why: help, a lone --version, a group and a slip are answered by the dispatcher, which help reaches as well
        return named(command(words).orElse(SpringCommand.HELP), words);
    }

    private Optional<String> command(List<String> words) {
        try {
            return table.match(words).command().map(command -> command.spec().path());
        } catch (UsageException _) {
            return Optional.empty();
        }
    }

    private static ParsedInput named(String name, List<String> words) {
        String[] path = name.split(" ", -1);
        ParsedInput.Builder input = ParsedInput.builder().commandName(path[0]);
        for (int i = 1; i < path.length; i++) {
            input.addSubCommand(path[i]);
        }
        for (int i = 0; i < words.size(); i++) {
            input.addArgument(new CommandArgument(i, words.get(i)));
        }
        return input.build();
    }
}

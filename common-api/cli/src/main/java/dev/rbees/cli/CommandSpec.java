package dev.rbees.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command is called and what it takes.
 *
 * @param path the words that name it, such as {@code worker spawn}; empty for a program without commands
 * @param summary one line
 * @param arguments in order
 * @param options in the order of the help
 * @param examples whole command lines
 */
public record CommandSpec(String path, String summary, List<ArgumentSpec> arguments, List<OptionSpec> options,
        List<String> examples) {

    private static final OptionSpec HELP = OptionSpec.flag("help", "show this help (or -h)");

    public CommandSpec {
        arguments = List.copyOf(arguments);
        options = List.copyOf(options);
        examples = List.copyOf(examples);
    }

    /** The words of the path. */
    public List<String> words() {
        return path.isEmpty() ? List.of() : List.of(path.split(" ", -1));
    }

    /** The same command under another path, with further options and other examples. */
    public CommandSpec with(String newPath, List<OptionSpec> more, List<String> newExamples) {
        List<OptionSpec> all = new ArrayList<>(options);
        all.addAll(more);
        return new CommandSpec(newPath, summary, arguments, all, newExamples);
    }

    /** The same command for another machine: of what lies on this one, nothing is offered. */
    public CommandSpec elsewhere() {
        return new CommandSpec(path, summary,
                arguments.stream().map(argument -> argument.among(argument.candidates().elsewhere())).toList(),
                options.stream().map(option -> option.among(option.candidates().elsewhere())).toList(), examples);
    }

    /** Every option, {@code --help} included. */
    public List<OptionSpec> allOptions() {
        List<OptionSpec> all = new ArrayList<>(options);
        all.add(HELP);
        return all;
    }

    public Optional<OptionSpec> option(String name) {
        return allOptions().stream().filter(option -> option.name().equals(name)).findFirst();
    }

    /** The help page. */
    public String help(String program) {
        StringBuilder page = new StringBuilder(summary).append("\n\n").append("Usage: ").append(usage(program)).append('\n');
        section(page, "Arguments", arguments.stream().map(a -> new String[] {a.name(), a.description()
                + (a.repeatable() ? " (may be repeated)" : "")}).toList());
        section(page, "Options", allOptions().stream()
                .map(o -> new String[] {shape(o),
                    o.description() + ShortOption.hint(o.name()) + (o.required() ? " (required)" : "")
                            + (o.repeatable() ? " (may be repeated)" : "")})
                .toList());
        if (!examples.isEmpty()) {
            page.append("\nExamples:\n");
            examples.forEach(example -> page.append("  ").append(example).append('\n'));
        }
        return page.toString();
    }

    /** One line: the program, the command and what it takes. */
    public String usage(String program) {
        StringBuilder line = new StringBuilder(program);
        if (!path.isEmpty()) {
            line.append(' ').append(path);
        }
        for (ArgumentSpec argument : arguments) {
            line.append(argument.optional() ? " [<" : " <").append(argument.name())
                    .append(argument.repeatable() ? ">..." : ">").append(argument.optional() ? "]" : "");
        }
        for (OptionSpec option : options) {
            line.append(option.required() ? " " + shape(option) : "");
        }
        return line.append(options.stream().allMatch(OptionSpec::required) ? "" : " [options]").toString();
    }

    private static String shape(OptionSpec option) {
        return "--" + option.name() + (option.isFlag() ? "" : " <" + option.value() + ">");
    }

    private static void section(StringBuilder page, String title, List<String[]> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int width = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        page.append('\n').append(title).append(":\n");
        rows.forEach(row -> page.append("  ").append(row[0]).repeat(' ', width - row[0].length() + 2).append(row[1])
                .append('\n'));
    }
}

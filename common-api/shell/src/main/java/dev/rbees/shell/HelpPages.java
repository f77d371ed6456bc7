package dev.rbees.shell;

import java.util.List;

import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Program;

/** What {@code help} and {@code --help} print. */
final class HelpPages {

    private final Program program;
    private final String summary;
    private final CommandTable table;

    HelpPages(Program program, String summary, CommandTable table) {
        this.program = program;
        this.summary = summary;
        this.table = table;
    }

    /** The page of a command, of a group of commands, or of the whole program for an empty path. */
    String page(String path) {
        return table.find(path).map(command -> command.spec().help(program.name())).orElseGet(() -> list(path));
    }

    private String list(String path) {
        StringBuilder page = new StringBuilder();
        if (path.isEmpty()) {
            page.append(program.name()).append(": ").append(summary).append("\n\n");
        }
        page.append("Usage: ").append(program.name()).append(path.isEmpty() ? "" : " " + path)
                .append(" <command> [arguments] [options]\n");
        List<CommandSpec> specs = table.below(path);
        int width = specs.stream().mapToInt(spec -> spec.path().length()).max().orElse(0);
        String group = "";
        for (CommandSpec spec : specs) {
            String first = spec.words().getFirst();
            if (!first.equals(group)) {
                page.append('\n');
                group = first;
            }
            page.append("  ").append(spec.path()).repeat(' ', width - spec.path().length() + 2).append(spec.summary())
                    .append('\n');
        }
        page.append("\n'").append(program.name()).append(" <command> --help' shows what a command takes");
        return page.append(path.isEmpty()
                ? ", '--version' the version.\nWithout a command, at a terminal, it is a shell in which they are typed.\n"
                : ".\n").toString();
    }
}

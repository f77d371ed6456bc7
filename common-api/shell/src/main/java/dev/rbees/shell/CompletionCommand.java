package dev.rbees.shell;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.shell.completion.CompletionScript;

/** {@code completion}. */
final class CompletionCommand {

    private static final List<String> SHELLS = Stream.of(CompletionScript.Shell.values())
            .map(shell -> shell.name().toLowerCase(Locale.ROOT)).toList();

    private final String program;
    private final CommandTable table;
    private final Console console;

    CompletionCommand(String program, CommandTable table, Console console) {
        this.program = program;
        this.table = table;
        this.console = console;
    }

    static CommandSpec spec(String program) {
        return new CommandSpec("completion", "Print a script by which a shell completes commands, options and ids",
                List.of(new ArgumentSpec("shell", "bash, zsh or fish")
                        .among(Candidates.of(SHELLS.toArray(String[]::new)))),
                List.of(), List.of("eval \"$(" + program + " completion bash)\"",
                        "source <(" + program + " completion zsh)", program + " completion fish | source"));
    }

    int run(CommandLine line) {
        String word = line.argument(0);
        if (!SHELLS.contains(word)) {
            throw new UsageException("<shell> must be one of " + String.join(", ", SHELLS) + " (got '"
                    + Printable.text(word) + "')" + Suggestion.sentence(word, SHELLS));
        }
        console.out().print(new CompletionScript(CompletionScript.Shell.valueOf(word.toUpperCase(Locale.ROOT)), program,
                table.commands().stream().map(ShellCommand::spec).toList(),
                catalog()).text());
        return ExitCode.OK.code();
    }

    /** The ids of the models that this version knows. */
    static List<String> catalog() {
        return Catalog.builtIn().models().stream().map(CatalogModel::id).toList();
    }
}

package dev.rbees.shell.render;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;

/** The forms in which a command prints its data. */
public enum OutputFormat {
    /** Columns for people. */
    TABLE,
    /** For programs. */
    JSON,
    /** For programs and people. */
    YAML,
    /** One id per line, for shell scripts. */
    NAME;

    /** The option that every command with data takes. */
    public static final OptionSpec OPTION = OptionSpec.optional("output", "format",
            "table, json, yaml or name (default: table); -o for short")
            .among(Candidates.of("table", "json", "yaml", "name"));

    /** @throws dev.rbees.cli.UsageException when the command line names none of them */
    public static OutputFormat of(CommandLine line) {
        return line.choice(OPTION.name(), OutputFormat.class).orElse(TABLE);
    }
}

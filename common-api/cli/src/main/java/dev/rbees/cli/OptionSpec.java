package dev.rbees.cli;

import org.jspecify.annotations.Nullable;

/**
 * An option of a command: {@code --name value}, {@code --name=value}, or {@code --name} alone for a flag.
 *
 * @param name without the dashes
 * @param value what the value is called in the help, null for a flag
 * @param description one line
 * @param required whether the command needs it
 * @param repeatable whether it may be given several times
 * @param candidates what its value may be
 */
public record OptionSpec(String name, @Nullable String value, String description, boolean required, boolean repeatable,
        Candidates candidates) {

    public static OptionSpec flag(String name, String description) {
        return new OptionSpec(name, null, description, false, false, Candidates.ANYTHING);
    }

    public static OptionSpec optional(String name, String value, String description) {
        return new OptionSpec(name, value, description, false, false, Candidates.ANYTHING);
    }

    public static OptionSpec required(String name, String value, String description) {
        return new OptionSpec(name, value, description, true, false, Candidates.ANYTHING);
    }

    public static OptionSpec repeatable(String name, String value, String description) {
        return new OptionSpec(name, value, description, false, true, Candidates.ANYTHING);
    }

    /** The same option, with what its value may be. */
    public OptionSpec among(Candidates those) {
        return new OptionSpec(name, value, description, required, repeatable, those);
    }

    public boolean isFlag() {
        return value == null;
    }
}

package dev.rbees.cli;

/**
 * A positional argument of a command.
 *
 * @param name what it is called in the help
 * @param description one line
 * @param required whether the command needs it; only the last ones may be optional
 */
public record ArgumentSpec(String name, String description, boolean required) {

    public static ArgumentSpec required(String name, String description) {
        return new ArgumentSpec(name, description, true);
    }

    public static ArgumentSpec optional(String name, String description) {
        return new ArgumentSpec(name, description, false);
    }
}

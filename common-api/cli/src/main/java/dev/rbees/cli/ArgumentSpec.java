package dev.rbees.cli;

/**
 * A positional argument, which the command needs.
 *
 * @param name what it is called in the help
 * @param description one line
 * @param repeatable whether one or several may be given; only for the last argument of a command
 * @param candidates what it may be
 */
public record ArgumentSpec(String name, String description, boolean repeatable, Candidates candidates) {

    /** One that can be anything. */
    public ArgumentSpec(String name, String description) {
        this(name, description, false, Candidates.ANYTHING);
    }

    /** The same argument, with what it may be. */
    public ArgumentSpec among(Candidates those) {
        return new ArgumentSpec(name, description, repeatable, those);
    }

    /** The same argument, of which several may be given. */
    public ArgumentSpec several() {
        return new ArgumentSpec(name, description, true, candidates);
    }
}

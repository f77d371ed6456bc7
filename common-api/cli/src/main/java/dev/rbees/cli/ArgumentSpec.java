package dev.rbees.cli;

/**
 * A positional argument of a command.
 *
 * @param name what it is called in the help
 * @param description one line
 * @param count how often it is given
 * @param candidates what it may be
 */
public record ArgumentSpec(String name, String description, Count count, Candidates candidates) {

    /** How often an argument is given; others than once only for the last argument of a command. */
    public enum Count {
        ONCE,
        ONCE_OR_NOT,
        ONCE_OR_MORE,
        ANY
    }

    /** One that is needed and can be anything. */
    public ArgumentSpec(String name, String description) {
        this(name, description, Count.ONCE, Candidates.ANYTHING);
    }

    /** The same argument, with what it may be. */
    public ArgumentSpec among(Candidates those) {
        return new ArgumentSpec(name, description, count, those);
    }

    /** The same argument, of which several may be given. */
    public ArgumentSpec several() {
        return new ArgumentSpec(name, description, Count.ONCE_OR_MORE, candidates);
    }

    /** The same argument, which may be left out. */
    public ArgumentSpec orNot() {
        return new ArgumentSpec(name, description, Count.ONCE_OR_NOT, candidates);
    }

    /** Whether several may be given. */
    public boolean repeatable() {
        return count == Count.ONCE_OR_MORE || count == Count.ANY;
    }

    /** Whether it may be left out. */
    public boolean optional() {
        return count == Count.ONCE_OR_NOT || count == Count.ANY;
    }
}

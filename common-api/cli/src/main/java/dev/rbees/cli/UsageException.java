package dev.rbees.cli;

/** A wrong command line. The message says what is wrong and, where possible, what was meant. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }

    /** The sentence for the user. */
    public String userMessage() {
        return String.valueOf(getMessage());
    }
}

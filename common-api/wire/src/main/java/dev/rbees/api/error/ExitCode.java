package dev.rbees.api.error;

/** The exit codes of every program. Scripts rely on them; they never change their meaning. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** The work was tried and failed. */
    FAILED(1),
    /** The command line or the request is wrong; nothing was tried. */
    USAGE(2),
    /** The model, worker, task or pool that was named does not exist. */
    NOT_FOUND(3),
    /** A token or key is missing, wrong, or lacks the right. */
    NOT_ALLOWED(4),
    /** The other side cannot be reached, is full, or did not answer in time. */
    UNAVAILABLE(5),
    /** A check ran to its end and found something that needs attention. */
    FINDINGS(6),
    /** Ended by Ctrl-C. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}

package dev.rbees.ctl.matrix;

/** A trial ends before it passed. */
final class TrialException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Cell.Status status;

    /**
     * @param status what the cell becomes
     * @param reason why, for people
     */
    TrialException(Cell.Status status, String reason) {
        super(reason);
        this.status = status;
    }

    static TrialException failed(String reason) {
        return new TrialException(Cell.Status.FAILED, reason);
    }

    static TrialException skipped(String reason) {
        return new TrialException(Cell.Status.SKIPPED, reason);
    }

    Cell.Status status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}

package dev.rbees.pool.model;

import java.time.Duration;

/** How often one thing has been tried, and whether and when it is worth another try. Used by one thread. */
final class Retries {

    private static final long MEGABYTE = 1_000_000;

    private final DownloadLimits limits;
    private boolean answered;
    private int failures;

    Retries(DownloadLimits limits) {
        this.limits = limits;
    }

    /** A request that may be made again as a whole. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws BrokenTransfer, SourceException, InterruptedException;
    }

    /** Makes a request until it has an answer, or another try is not worth it. */
    static <T> T of(DownloadLimits limits, Request<T> request) throws SourceException, InterruptedException {
        Retries retries = new Retries(limits);
        while (true) {
            try {
                return request.send();
            } catch (BrokenTransfer e) {
                retries.pauseAfter(e, 0);
            }
        }
    }

    /**
     * Waits until the next try.
     *
     * @param came bytes that the try that failed has brought
     * @throws SourceException when another try is not worth it
     */
    void pauseAfter(BrokenTransfer failure, long came) throws SourceException, InterruptedException {
        answered |= came != 0 || failure.answered(); // why: another source is quicker than a server that is not there
        failures = came >= MEGABYTE ? 1 : failures + 1;
        Duration wanted = failure.pause();
        if (!answered || failures >= limits.tries()) {
            throw new SourceException(failure.reason(), failure);
        }
        if (wanted.compareTo(limits.longestPause()) > 0) {
            throw new SourceException(failure.reason() + ", and wants to be asked again only in " + wanted.toSeconds() + " s",
                    failure);
        }
        Duration usual = limits.pause(failures);
        Thread.sleep(usual.compareTo(wanted) > 0 ? usual : wanted);
    }
}

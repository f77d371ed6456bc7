package dev.rbees.pool.model;

import java.time.Duration;
import java.util.function.Consumer;

/** How often one thing has been tried, and whether and when it is worth another try. Used by one thread. */
final class Retries {

    private static final long MEGABYTE = 1_000_000;

    private static final Duration WORTH_SAYING = Duration.ofSeconds(2);

    private final DownloadLimits limits;
    private final Consumer<String> say;
    private boolean answered;
    private int failures;

    /** @param say takes lines for people who would wonder why nothing happens */
    Retries(DownloadLimits limits, Consumer<String> say) {
        this.limits = limits;
        this.say = say;
    }

    /** A request that may be made again as a whole. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws BrokenTransfer, SourceException, InterruptedException;
    }

    /** Makes a request until it has an answer, or another try is not worth it. */
    static <T> T of(DownloadLimits limits, Consumer<String> say, Request<T> request)
            throws SourceException, InterruptedException {
        Retries retries = new Retries(limits, say);
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
            throw new SourceException(
                    failure.reason() + ", and wants to be asked again only in " + wanted.toSeconds() + " s",
                    failure);
        }
        Duration usual = limits.pause(failures);
        Duration pause = usual.compareTo(wanted) > 0 ? usual : wanted;
        if (pause.compareTo(WORTH_SAYING) >= 0) {
            say.accept(failure.reason() + "; trying again in " + pause.toSeconds() + " s");
        }
        Thread.sleep(pause);
    }
}

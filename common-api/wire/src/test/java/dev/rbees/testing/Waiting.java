package dev.rbees.testing;

import java.time.Duration;

/** Waits for what happens on another thread, or in another process. */
public final class Waiting {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Waiting() {}

    /** Whether it has happened. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns as soon as it is so, and fails when it is not within 20 s. */
    public static void until(Condition condition) {
        until(LIMIT, condition);
    }

    /** The same with a limit of its own. What the condition throws fails at once. */
    public static void until(Duration limit, Condition condition) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("it did not happen within " + limit.toSeconds() + " s");
                }
                Thread.sleep(PAUSE);
            }
        } catch (Exception e) {
            throw new AssertionError("it did not happen", e);
        }
    }
}

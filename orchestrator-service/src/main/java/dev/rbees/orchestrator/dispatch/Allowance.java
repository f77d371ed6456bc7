package dev.rbees.orchestrator.dispatch;

import java.util.function.LongSupplier;

/** A number of bytes that may come at once, and so many more with each second. One thread at a time. */
final class Allowance {

    private static final double NANOS = 1e9;

    private final long atOnce;
    private final long perSecond;
    private final LongSupplier nanoTime;
    private double left;
    private long lastLook;

    /** @param nanoTime as {@link System#nanoTime} */
    Allowance(long atOnce, long perSecond, LongSupplier nanoTime) {
        this.atOnce = atOnce;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.left = atOnce;
        this.lastLook = nanoTime.getAsLong();
    }

    /** Takes so many; whether there were enough. */
    boolean take(long bytes) {
        left -= bytes;
        if (left < 0) {
            long now = nanoTime.getAsLong();
            left = Math.min((double) (atOnce - bytes), left + (now - lastLook) / NANOS * perSecond);
            lastLook = now;
        }
        return left >= 0;
    }
}

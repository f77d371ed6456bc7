package dev.rbees.pool.model;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Ends a transfer through which nothing has come for a while: the blocked reader then fails. */
final class StallGuard implements AutoCloseable {

    private final Duration limit;
    private final HttpGet.Answer transfer;
    private final Thread watcher;
    private volatile long lastSign = System.nanoTime();
    private volatile boolean done;
    private volatile boolean fired;

    StallGuard(Duration limit, HttpGet.Answer transfer) {
        this.limit = limit;
        this.transfer = transfer;
        this.watcher = Thread.ofVirtual().start(this::watch);
    }

    /** Something came. */
    void sign() {
        lastSign = System.nanoTime();
    }

    /** Whether it had to end the transfer. */
    boolean fired() {
        return fired;
    }

    private void watch() {
        long left = limit.toNanos();
        while (!done && left > 0) {
            LockSupport.parkNanos(left);
            left = limit.toNanos() - (System.nanoTime() - lastSign);
        }
        if (!done) {
            fired = true;
            transfer.close();
        }
    }

    @Override
    public void close() {
        done = true;
        LockSupport.unpark(watcher);
    }
}

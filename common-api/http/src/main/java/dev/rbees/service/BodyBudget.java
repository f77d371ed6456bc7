package dev.rbees.service;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Memory for the bodies of requests that are being received or read, over all connections. Large bodies may fill three quarters of
 * it, so that small ones always find room. Safe for use by several threads.
 */
public final class BodyBudget {

    /** A body that takes more is a large one. */
    static final int SMALL = 64 * 1024;

    private final long size;
    private final AtomicLong used = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    /** @param size in bytes */
    BodyBudget(long size) {
        this.size = size;
    }

    /** Bytes in use now. */
    public long used() {
        return used.get();
    }

    /** How many requests were refused for lack of room. */
    public long refused() {
        return refused.sum();
    }

    /**
     * Takes room for more of a body.
     *
     * @param bytes more than it has
     * @param all bytes that it has with them
     * @throws RbeesException OVERLOADED when there is none; then nothing was taken
     */
    void take(int bytes, int all) {
        long limit = all > SMALL ? size / 4 * 3 : size;
        long now = used.addAndGet(bytes);
        if (now > limit) {
            used.addAndGet(-bytes);
            refused.increment();
            throw new RbeesException(ErrorCode.OVERLOADED,
                    "too many large requests are being received; try again in a moment");
        }
    }

    void give(int bytes) {
        used.addAndGet(-bytes);
    }
}

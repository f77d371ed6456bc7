package dev.rbees.service;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.cli.Printable;

/**
 * What clients send that is no request of HTTP: counted, and told in the log at most once a minute, without a byte that they sent.
 * Safe for use by several threads.
 */
final class ClientFaults {

    private static final Logger LOG = LoggerFactory.getLogger(ClientFaults.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final LongAdder malformed = new LongAdder();
    private long toldAt;
    private long told;
    private boolean toldOnce;

    ClientFaults(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Requests that could not be read, since the start. */
    long malformed() {
        return malformed.sum();
    }

    /** Somebody there sent something that cannot be read. */
    void malformed(@Nullable SocketAddress from, @Nullable Throwable why) {
        malformed.increment();
        long count = due();
        if (count > 0) {
            String peer = from instanceof InetSocketAddress address ? address.getHostString() : "an unknown address";
            LOG.warn("{} requests that are no HTTP, the last from {} ({})", count, Printable.text(peer),
                    why == null ? "unreadable" : why.getClass().getSimpleName());
        }
    }

    /** How many have come since it was last told; 0 when it is too early to tell again. */
    private synchronized long due() {
        long now = nanoTime.getAsLong();
        if (toldOnce && now - toldAt < PAUSE.toNanos()) {
            return 0;
        }
        long all = malformed.sum();
        long fresh = all - told;
        told = all;
        toldAt = now;
        toldOnce = true;
        return fresh;
    }
}

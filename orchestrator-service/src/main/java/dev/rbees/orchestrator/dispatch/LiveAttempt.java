package dev.rbees.orchestrator.dispatch;

import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

import dev.rbees.service.TimerWheel;
import dev.rbees.service.TimerWheels;

/**
 * One attempt under way, from its request to the end of its connection's part in it. A pooled connection outlives its attempts and what
 * they left with it, so that everything an attempt holds hangs here and is let go with it. Safe for use by several threads.
 */
final class LiveAttempt {

    /** How often it is looked whether a worker says anything. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** Looks in a row without a word after which a worker hangs. */
    private final long mostSilentLooks;
    private final TimerWheels looks;
    private final Runnable gone;
    private @Nullable AttemptStream stream;
    private byte @Nullable [] body;
    private @Nullable Runnable stopLooking;
    private boolean over;

    /**
     * @param stallLimit a worker that says nothing for so long hangs
     * @param looks with a beat of {@link #LOOK}
     * @param gone runs once, when the attempt is over
     */
    LiveAttempt(AttemptStream stream, Duration stallLimit, TimerWheels looks, Runnable gone) {
        this.stream = stream;
        this.mostSilentLooks = stallLimit.dividedBy(LOOK);
        this.looks = looks;
        this.gone = gone;
    }

    /** Keeps the request until an answer comes: it may have to be sent a second time, when a pooled connection was closed. */
    synchronized void toSend(byte[] json) {
        body = over ? null : json;
    }

    /** The request. */
    synchronized ByteBuf request() {
        byte[] json = body;
        if (json == null) {
            throw new IllegalStateException("the attempt is over");
        }
        return Unpooled.wrappedBuffer(json);
    }

    /**
     * Has a connection: from now on, it looks whether the worker says anything.
     *
     * <p>
     * why: it counts looks, and not the time that has passed, because this program may have been stopped meanwhile, and then what the
     * worker said lies there unread.
     */
    synchronized void connected(Connection connection) {
        stopLooking();
        if (!over) {
            TimerWheel wheel = looks.of(connection.channel().eventLoop());
            TimerWheel.Member look = _ -> look(connection);
            wheel.add(look);
            stopLooking = () -> wheel.remove(look);
        }
    }

    private void look(Connection connection) {
        AttemptStream now = stream();
        if (now != null && now.silentLooks() > mostSilentLooks) {
            connection.dispose();
        }
    }

    /** The worker answers: the request is not sent again. */
    synchronized void answered() {
        body = null;
    }

    /** Takes bytes of the answer; false when no more is wanted. */
    boolean feed(byte[] bytes) {
        AttemptStream now = stream();
        return now != null && now.feed(bytes);
    }

    /** The worker refuses. */
    void refused(AttemptEnd.Broken refusal) {
        AttemptStream now = stream();
        if (now != null) {
            now.end(refusal);
        }
    }

    /** The connection has ended, or never was. */
    void closed() {
        AttemptStream now = stream();
        if (now != null) {
            now.closed();
        }
    }

    /** Nobody listens any more. */
    void leave() {
        AttemptStream now = stream();
        if (now != null) {
            now.leave();
        }
    }

    private synchronized @Nullable AttemptStream stream() {
        return stream;
    }

    /** Lets everything go. */
    void over() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            stream = null;
            body = null;
            stopLooking();
        }
        gone.run();
    }

    private void stopLooking() {
        if (stopLooking != null) {
            stopLooking.run();
            stopLooking = null;
        }
    }
}

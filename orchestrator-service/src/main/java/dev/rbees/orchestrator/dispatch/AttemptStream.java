package dev.rbees.orchestrator.dispatch;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskEvent;

/**
 * Turns what a worker sends into calls of a listener and holds the worker to its rules: one {@code started} first, tokens in order,
 * one {@code end} or {@code error} last, all of it bounded; a stream that just stops is an error. A worker that breaks a rule loses
 * the attempt and counts as lost.
 *
 * <p>
 * Nothing is ever thrown out of here, and the end is told exactly once, whatever happens. Bytes come on one thread at a time; the
 * end may come on any.
 */
final class AttemptStream {

    private static final Logger LOG = LoggerFactory.getLogger(AttemptStream.class);
    /** why: so many may be under way already, and a connection that is read to its end can be used again. */
    private static final int MAX_AFTER_THE_END = 4 * 1024;

    private final String workerId;
    private final AttemptListener listener;
    private final StreamBounds bounds;
    private final EventCheck check;
    private final SseDecoder decoder = new SseDecoder(this::take);
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean cut;
    private int afterTheEnd;
    private int silentLooks;

    /** @param nanoTime as {@link System#nanoTime} */
    AttemptStream(String workerId, AttemptLimits limits, AttemptListener listener, LongSupplier nanoTime) {
        this.workerId = workerId;
        this.listener = listener;
        this.bounds = new StreamBounds(limits, nanoTime);
        this.check = new EventCheck(workerId, limits, nanoTime);
    }

    /** Looks whether the worker has said anything: how often it has not since it last did. On the thread that feeds. */
    int silentLooks() {
        return ++silentLooks;
    }

    /**
     * Takes what has come.
     *
     * @return false when no more is wanted and the connection is to be closed
     */
    boolean feed(byte[] bytes) {
        silentLooks = 0;
        if (ended.get()) {
            afterTheEnd += bytes.length;
            return !cut && afterTheEnd <= MAX_AFTER_THE_END;
        }
        try {
            bounds.received(bytes.length);
            decoder.feed(bytes);
        } catch (BrokenRule e) {
            broke(e.rule());
        } catch (Throwable e) {
            failed(e);
        }
        return !cut;
    }

    private void take(String name, byte[] data, int size) {
        if (ended.get()) {
            return;
        }
        if (name.equals("token")) {
            bounds.token(size);
        } else {
            bounds.aside(size);
        }
        switch (name) {
            case "started", "token", "metrics", "end", "error" -> hear(check.read(name, data));
            default -> {
                // a comment, or an event of a newer worker
            }
        }
    }

    private void hear(EventCheck.Said said) {
        switch (said) {
            case EventCheck.Said.Event(TaskEvent.Started first) -> listener.started(first);
            case EventCheck.Said.Event(TaskEvent event) -> listener.said(event);
            case EventCheck.Said.Last(AttemptEnd end) -> end(end);
        }
    }

    private void broke(String rule) {
        cut = true;
        if (!ended.get()) {
            LOG.warn("worker {} broke a rule of its answers ({}); its attempt is given up", workerId, rule);
        }
        broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " sent what no worker may send: " + rule);
    }

    /** It is a fault of ours, and not the worker's. */
    private void failed(Throwable fault) {
        cut = true;
        if (fault instanceof RbeesException known && known.code() == ErrorCode.STORAGE_UNAVAILABLE) {
            broken(known.code(), known.userMessage());
            return;
        }
        LOG.error("the answer of worker {} could not be taken in", workerId, fault);
        broken(ErrorCode.INTERNAL, "the orchestrator could not take in the answer; hand the task in again");
    }

    /** The connection has ended. */
    void closed() {
        broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " was lost while it was working on this task");
    }

    /** Ends the attempt, if it has not ended. */
    void broken(ErrorCode code, String message) {
        end(new AttemptEnd.Broken(code, message));
    }

    /** Ends the attempt, if it has not ended. */
    void end(AttemptEnd end) {
        if (ended.compareAndSet(false, true)) {
            try {
                listener.ended(end);
            } catch (Throwable e) {
                LOG.error("the end of an attempt on worker {} could not be taken in", workerId, e);
            }
        }
    }

    /** Nobody listens any more. */
    void leave() {
        cut = true;
        ended.set(true);
    }
}

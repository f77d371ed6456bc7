package dev.rbees.orchestrator.dispatch;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskEvent;

/**
 * FairShareClock what a worker sends into calls of a listener and holds the worker to the order of events: one {@code started} first,
 * one {@code end} or {@code error} last, and a stream that just stops is an error. Called by one thread at a time.
 */
final class AttemptStream {

    private final String workerId;
    private final AttemptListener listener;
    private final SseDecoder decoder = new SseDecoder(this::take);
    private boolean started;
    private boolean ended;
    private int silentLooks;

    AttemptStream(String workerId, AttemptListener listener) {
        this.workerId = workerId;
        this.listener = listener;
    }

    /** Looks whether the worker has said anything: how often it has not since it last did. */
    int silentLooks() {
        return ++silentLooks;
    }

    void feed(byte[] bytes) {
        silentLooks = 0;
        try {
            decoder.feed(bytes);
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.STORAGE_UNAVAILABLE) {
                broken(e.code(), e.userMessage());
            } else {
                notUnderstood();
            }
        } catch (IllegalArgumentException e) {
            notUnderstood();
        }
    }

    private void notUnderstood() {
        broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " sent what is not understood");
    }

    private void take(String type, String data) {
        if (ended) {
            return;
        }
        switch (type) {
            case "token", "metrics" -> said(TaskEvent.parse(data));
            case "started", "end", "error" -> take(TaskEvent.parse(data));
            default -> {
                // an event of a newer worker
            }
        }
    }

    private void said(TaskEvent event) {
        if (started) {
            listener.said(event);
        } else {
            outOfOrder();
        }
    }

    private void take(TaskEvent event) {
        switch (event) {
            case TaskEvent.Started first when !started -> {
                started = true;
                listener.started(first);
            }
            case TaskEvent.End end when started -> end(new AttemptEnd.Complete(end));
            case TaskEvent.Failed failure -> broken(failure.code(), failure.message());
            default -> outOfOrder();
        }
    }

    private void outOfOrder() {
        broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " sent events out of order");
    }

    /** The connection has ended. */
    void closed() {
        broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " was lost while it was working on this task");
    }

    /** Ends the attempt, if it has not ended. */
    void broken(ErrorCode code, String message) {
        end(new AttemptEnd.Broken(code, message));
    }

    private void end(AttemptEnd end) {
        if (!ended) {
            ended = true;
            listener.ended(end);
        }
    }
}

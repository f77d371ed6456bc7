package dev.rbees.orchestrator.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;

/** The orchestrator's end of a stream of a worker, for who says piece by piece what comes over the connection. */
public final class SteppedStream {

    private final AttemptStream stream;

    public SteppedStream(AttemptOrder order, AttemptListener listener, LongSupplier nanoTime) {
        this.stream = new AttemptStream(order.workerId(), order.limits(), listener, nanoTime);
    }

    /** The worker writes an event; false when the orchestrator wants no more and closes the connection. */
    public boolean write(TaskEvent event) {
        return write("event: " + event.type() + "\ndata: " + event.toJson() + "\n\n");
    }

    /** The worker writes anything; likewise. */
    public boolean write(String text) {
        return stream.feed(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The worker refuses, or fails. */
    public void refuse(ErrorCode code) {
        stream.broken(code, "no");
    }

    /** The connection is over. */
    public void closed() {
        stream.closed();
    }
}

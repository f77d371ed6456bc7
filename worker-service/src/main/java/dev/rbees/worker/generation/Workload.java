package dev.rbees.worker.generation;

import java.time.Duration;
import java.util.Optional;

/** A loaded model that answers requests of some kind, as its worker sees it. Safe for many threads. */
public interface Workload extends AutoCloseable {

    /** Requests at a time. */
    int slotsTotal();

    /** Of these, how many more it can take now. */
    int slotsFree();

    /** Tokens that a request may have, its answer included. */
    int contextLength();

    /** How many ids there are. */
    int vocabularySize();

    /** Which kind its tokenizer is, for {@code /health}. */
    String tokenizerKind();

    /** Bytes of the weights and of what requests may need beside them. */
    long memoryBytes();

    /** Why the model can no longer be used; empty when it can. */
    default Optional<String> residencyProblem() {
        return Optional.empty();
    }

    /** What stands still at the moment, though it may go on; empty while the model is at work or waits for work. */
    default Optional<String> standstill() {
        return Optional.empty();
    }

    /** Cancels a job; one that is unknown or has ended is no error. */
    void cancel(String jobId);

    /** Waits until nothing runs, or the time is over; gives whether nothing runs. */
    boolean awaitIdle(Duration limit) throws InterruptedException;

    @Override
    void close();
}

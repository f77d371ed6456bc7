package dev.rbees.worker.generation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;

/** How sequences leave the batch: each leaves once, its slot is free, and its reader hears why. On the batch thread. */
final class Departures {

    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

    private final Sequences sequences;
    private final GenerationEnd ends;

    Departures(Sequences sequences, GenerationEnd ends) {
        this.sequences = sequences;
        this.ends = ends;
    }

    /** The answer is made. */
    void complete(Generation generation, StopReason reason) {
        leave(generation, Outcome.SUCCESS);
        tell(generation, () -> generation.answer.end(generation.prompt.length, generation.reused, reason));
    }

    /** It failed, and the others go on. */
    void failAlone(Generation generation, RuntimeException e) {
        if (e instanceof RbeesException known) {
            if (known.getCause() != null) {
                LOG.warn("{} failed alone", generation.jobId, e);
            }
            fail(generation, known.code(), known.userMessage());
        } else {
            LOG.warn("{} failed alone", generation.jobId, e);
            fail(generation, ErrorCode.INFERENCE_FAILED, "the worker failed while making the answer; its log says why");
        }
    }

    /** It ends with an error. */
    void fail(Generation generation, ErrorCode code, String message) {
        leave(generation, Outcome.of(code));
        tell(generation, () -> generation.answer.fail(code, message));
    }

    private void leave(Generation generation, Outcome outcome) {
        sequences.remove(generation);
        ends.ended(generation, outcome);
    }

    /** Says something of which nothing depends. A reader that throws harms nobody else. */
    static void tell(Generation generation, Runnable word) {
        try {
            word.run();
        } catch (RuntimeException e) {
            LOG.warn("the reader of {} failed", generation.jobId, e);
        }
    }
}

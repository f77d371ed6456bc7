package dev.rbees.worker.onnx;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Knows since when each thread has been running the model, and so notices a run that hangs. Safe for many threads. */
final class RunWatch {

    /** why: a run is one token of each answer or a piece of one prompt: seconds even for large models on old machines. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private final Map<Thread, Long> begun = new ConcurrentHashMap<>();

    /** @param nanos a clock that only goes forward, in nanoseconds */
    RunWatch(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The current thread begins a run. */
    void begin() {
        begun.put(Thread.currentThread(), nanos.getAsLong());
    }

    /** The current thread's run has ended. */
    void end() {
        begun.remove(Thread.currentThread());
    }

    /** What is wrong; empty when no run takes too long. */
    Optional<String> problem() {
        long now = nanos.getAsLong();
        return begun.values().stream().anyMatch(start -> now - start > LONGEST.toNanos())
                ? Optional.of("a run of the model has not ended for " + LONGEST.toMinutes() + " minutes")
                : Optional.empty();
    }
}

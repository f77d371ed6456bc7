package dev.rbees.worker.onnx;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/** Ends the prefill that runs, if one runs. Any thread; one prefill runs at a time. */
final class Interruption {

    @GuardedBy("this")
    private @Nullable Runnable termination;
    @GuardedBy("this")
    private boolean happened;

    /** A run begins. Until {@link #end}, and not after it, {@code termination} may be called, by any thread. */
    synchronized void begin(Runnable termination) {
        this.termination = termination;
        happened = false;
    }

    synchronized void end() {
        termination = null;
    }

    /** Whether the last run was interrupted. */
    synchronized boolean happened() {
        return happened;
    }

    synchronized void interrupt() {
        if (termination != null) {
            happened = true;
            termination.run();
        }
    }
}

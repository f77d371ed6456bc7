package dev.rbees.thread;

import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the program still does its work. The first failure of a thread that owns something makes it not ready for good, is logged
 * once, and ends the program: the record is durable and a restart is exact, so that a supervisor starts it anew. Nothing lives on as
 * a zombie. Safe for use by several threads.
 */
public final class Liveness {

    /** Exit code of a program that ended because of a fault of its own (EX_SOFTWARE of sysexits.h). */
    public static final int EXIT_CODE = 70;

    private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);

    private final Consumer<Failure> end;
    private @Nullable Failure failure;

    /**
     * What went wrong.
     *
     * @param thread name of the thread
     * @param cause what escaped from it
     */
    public record Failure(String thread, Throwable cause) {}

    /** @param end ends the program; runs once, on the thread that failed, and should not wait for it */
    public Liveness(Consumer<Failure> end) {
        this.end = end;
    }

    /** A thread cannot go on. Later failures are consequences, and are passed over. */
    public void failed(String thread, Throwable cause) {
        Failure first = new Failure(thread, cause);
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = first;
        }
        LOG.error("the thread {} has failed and the program ends with exit code {}; what was accepted is in the record",
                thread,
                EXIT_CODE, cause);
        end.accept(first);
    }

    /** Why the program is not ready and about to end; empty while all is well. */
    public synchronized Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }
}

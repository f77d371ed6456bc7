package dev.rbees.service;

import java.time.Duration;
import java.util.function.IntConsumer;

import dev.rbees.thread.Liveness;

/** How a program ends that cannot go on: its supervisor sees the exit code, and starts it anew. */
public final class ProcessEnd {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ProcessEnd() {}

    /**
     * The liveness of a program: when one of its threads fails, the program is not ready from that moment, and the process ends with
     * {@link Liveness#EXIT_CODE}, whatever its shutdown hooks do.
     *
     * @param exit ends the process in order, such as {@code System::exit}
     * @param halt ends the process at once, such as {@code Runtime.getRuntime()::halt}
     */
    public static Liveness liveness(IntConsumer exit, IntConsumer halt) {
        return liveness(exit, halt, PATIENCE);
    }

    static Liveness liveness(IntConsumer exit, IntConsumer halt, Duration patience) {
        return new Liveness(_ -> {
            // why: first, so that a hook that hangs, or a machine without memory, cannot keep the process
            Thread.ofPlatform().name("end-by-force").daemon().start(() -> {
                if (waited(patience)) {
                    halt.accept(Liveness.EXIT_CODE);
                }
            });
            Thread.ofPlatform().name("end").start(() -> exit.accept(Liveness.EXIT_CODE));
        });
    }

    private static boolean waited(Duration patience) {
        try {
            Thread.sleep(patience);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

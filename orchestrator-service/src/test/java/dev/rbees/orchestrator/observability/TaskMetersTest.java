package dev.rbees.orchestrator.observability;

import java.lang.ref.WeakReference;
import java.util.function.ToIntFunction;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.rbees.api.task.Priority;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

class TaskMetersTest {

    /** Nobody else holds what it gives. */
    private static ToIntFunction<Priority> waiting(int many) {
        return priority -> priority == Priority.BATCH ? many : 0;
    }

    @Test
    void theDepthOfTheQueueIsStillKnownWhenTheCollectorHasRun() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new TaskMeters(registry, waiting(3));
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        Waiting.until(() -> {
            System.gc();
            return garbage.refersTo(null);
        });
        assertThat(registry.get("orchd_queue_depth").tag("priority", "batch").gauge().value()).isEqualTo(3);
        assertThat(registry.get("orchd_queue_depth").tag("priority", "interactive").gauge().value()).isZero();
    }
}

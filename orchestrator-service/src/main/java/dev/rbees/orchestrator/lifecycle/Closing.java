package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;

import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.control.Adoption;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.dispatch.WorkerClient;
import dev.rbees.orchestrator.provisioning.PoolOperations;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.store.TaskStore;

/**
 * The end of the program: nothing new is taken, what runs may end, streams are closed so that readers can come back, and the
 * record is complete. The port stays open until the last stream is gone.
 */
public final class Closing {

    /** What runs has so long to end. */
    static final Duration LIMIT = Duration.ofSeconds(8);
    private static final Duration LAST_FRAMES = Duration.ofMillis(200);

    private final ConfigurableApplicationContext context;

    public Closing(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Returns when all is done. */
    public void close() {
        try {
            closeInOrder();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeInOrder() throws InterruptedException {
        context.getBean(Gate.class).close();
        ControlLoop control = context.getBean(ControlLoop.class);
        control.drain();
        TaskDirectory directory = context.getBean(TaskDirectory.class);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (directory.onWorkers() > 0 && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        Thread.sleep(LAST_FRAMES);
        end();
    }

    /** Stops at once: another orchestrator has what runs. */
    public void abandon() {
        try {
            context.getBean(Gate.class).close();
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() throws InterruptedException {
        context.getBean(Adoption.class).close();
        context.getBean(ControlLoop.class).closeStreams();
        context.getBean(EventRelay.class).close();
        Thread.sleep(LAST_FRAMES);
        context.getBean(PoolOperations.class).close();
        context.getBean(ControlLoop.class).close();
        context.getBean(WorkerClient.class).close();
        TaskStore store = context.getBean(TaskStore.class);
        context.close();
        store.close();
    }
}

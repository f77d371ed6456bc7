package dev.rbees.orchestrator.lifecycle;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.dispatch.WorkerClient;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.store.TaskStore;

/**
 * The end of the program: nothing new is taken, what runs may end, streams are closed so that readers can come back, and the
 * record is complete. The port stays open until the last stream is gone.
 */
public final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
    private static final Duration LIMIT = Duration.ofSeconds(8);
    private static final Duration LAST_FRAMES = Duration.ofMillis(200);

    private final ConfigurableApplicationContext context;
    private final AtomicBoolean begun = new AtomicBoolean();

    public Closing(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Returns at once; the process ends when all is done. */
    public void begin() {
        if (begun.compareAndSet(false, true)) {
            Thread.ofPlatform().name("closing").start(this::run);
        }
    }

    private void run() {
        LOG.info("shutting down; what runs has {} s to end", LIMIT.toSeconds());
        close();
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
        context.getBean(EventRelay.class).close();
        Thread.sleep(LAST_FRAMES);
        control.close();
        context.getBean(WorkerClient.class).close();
        TaskStore store = context.getBean(TaskStore.class);
        context.close();
        store.close();
    }
}

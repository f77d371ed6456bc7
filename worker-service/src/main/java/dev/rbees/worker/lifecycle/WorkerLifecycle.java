package dev.rbees.worker.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;
import dev.rbees.worker.generation.GenerationMetrics;

/**
 * The life of a worker: the model is loaded while the server opens its port, which tells how far that is; then it registers;
 * at the end it drains.
 */
public final class WorkerLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLifecycle.class);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    private final WorkerSettings settings;
    private final Liveness liveness;
    private final WorkerState state;
    private final CompletableFuture<WarmModel> model = new CompletableFuture<>();
    private final long began = System.nanoTime();
    private final Optional<OrchestratorLink> link;
    private final ResidencyCheck residency;

    private WorkerLifecycle(WorkerSettings settings, Liveness liveness) {
        this.settings = settings;
        this.liveness = liveness;
        this.state = new WorkerState(liveness);
        this.link = settings.orchestrators().isEmpty()
                ? Optional.empty()
                : Optional.of(new OrchestratorLink(settings, state, liveness));
        this.residency = new ResidencyCheck(
                () -> state.model().flatMap(loaded -> loaded.workload().residencyProblem()), state::failed, liveness);
    }

    /**
     * Begins to load the model, on a thread of its own.
     *
     * @param liveness hears when that thread, or any other of the worker, cannot go on
     */
    public static WorkerLifecycle begin(WorkerSettings settings, ModelLoader loader, Liveness liveness) {
        WorkerLifecycle lifecycle = new WorkerLifecycle(settings, liveness);
        new OwnerThread("load", liveness, () -> lifecycle.load(loader)).start();
        return lifecycle;
    }

    private void load(ModelLoader loader) {
        LOG.info("{} loads {} from {}", settings.workerId(), settings.modelId(),
                Printable.text(String.valueOf(settings.model().getFileName())));
        try {
            model.complete(loader.load(new LoadLog(state)));
        } catch (RbeesException e) {
            state.failed(e.userMessage());
            model.completeExceptionally(e);
        } catch (Throwable e) {
            state.failed("a fault of rbees-workerd");
            model.completeExceptionally(e);
            throw e;
        }
    }

    /** Where it is in its life. */
    public WorkerState state() {
        return state;
    }

    /**
     * Takes requests as soon as the model is loaded, and registers. Returns when the worker is ready.
     *
     * @throws RbeesException when the model cannot be loaded
     */
    public void start(GenerationMetrics metrics) {
        state.loaded(loaded().serve(metrics, liveness));
        LOG.info("{} is ready on port {} after {} ms: {} slots, {} threads", settings.workerId(), settings.port(),
                Duration.ofNanos(System.nanoTime() - began).toMillis(),
                state.model().map(loaded -> loaded.workload().slotsTotal()).orElse(0), settings.threads());
        residency.start();
        link.ifPresent(OrchestratorLink::start);
    }

    private WarmModel loaded() {
        try {
            return model.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RbeesException known ? known : e;
        }
    }

    /** Takes nothing new, lets what runs end, deregisters, and frees the model. */
    public void stop() {
        state.drain();
        residency.close();
        try {
            link.ifPresent(OrchestratorLink::tellDraining);
            if (state.model().isPresent() && !state.model().get().workload().awaitIdle(DRAIN_LIMIT)) {
                LOG.warn("requests still run after {} s and are ended", DRAIN_LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        link.ifPresent(OrchestratorLink::close);
        state.model().ifPresent(loaded -> loaded.workload().close());
        LOG.info("{} has stopped", settings.workerId());
    }
}

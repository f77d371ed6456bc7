package dev.rbees.worker.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;

/** The life of a worker: the port is open first, then the model is loaded, then it registers; at the end it drains. */
public final class WorkerLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLifecycle.class);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    private final WorkerSettings settings;
    private final WorkerState state;
    private final ModelLoader loader;
    private final Optional<OrchestratorLink> link;
    private final ResidencyCheck residency;

    public WorkerLifecycle(WorkerSettings settings, WorkerState state, ModelLoader loader) {
        this.settings = settings;
        this.state = state;
        this.loader = loader;
        this.link = settings.orchestratorUrl().map(url -> new OrchestratorLink(settings, state, url));
        this.residency = new ResidencyCheck(
                () -> state.model().flatMap(model -> model.workload().residencyProblem()), state::failed,
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("residency-check").daemon().factory()));
    }

    /**
     * Loads the model and registers. Returns when the worker is ready.
     *
     * @throws RbeesException when the model cannot be loaded
     */
    public void start() {
        long began = System.nanoTime();
        LOG.info("{} loads {} from {}", settings.workerId(), settings.modelId(), settings.model().getFileName());
        try {
            state.loaded(loader.load(new LoadLog(state)));
        } catch (RbeesException e) {
            state.failed(e.userMessage());
            throw e;
        }
        LOG.info("{} is ready on port {} after {} ms: {} slots, {} threads", settings.workerId(), settings.port(),
                Duration.ofNanos(System.nanoTime() - began).toMillis(),
                state.model().map(model -> model.workload().slotsTotal()).orElse(0), settings.threads());
        residency.start();
        link.ifPresent(OrchestratorLink::start);
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
        state.model().ifPresent(model -> model.workload().close());
        LOG.info("{} has stopped", settings.workerId());
    }
}

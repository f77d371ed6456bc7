package dev.rbees.worker.lifecycle;

import java.time.Duration;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.onnx.ExtractedLibraries;

/**
 * The life of a worker: the model is loaded while the server, which is open already, tells how far that is; then it registers; at
 * the end it drains.
 */
public final class WorkerLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLifecycle.class);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    private final WorkerSettings settings;
    private final Liveness liveness;
    private final WorkerState state;
    private final PreparedModel model;
    private final long began = System.nanoTime();
    private final Optional<OrchestratorLink> link;
    private final ResidencyCheck residency;

    /**
     * @param model is loaded when the life begins
     * @param liveness hears when a thread of the worker cannot go on
     */
    public WorkerLifecycle(WorkerSettings settings, PreparedModel model, Liveness liveness) {
        this.settings = settings;
        this.model = model;
        this.liveness = liveness;
        this.state = new WorkerState(liveness);
        this.link = settings.orchestrators().isEmpty()
                ? Optional.empty()
                : Optional.of(new OrchestratorLink(settings, state, liveness));
        this.residency = new ResidencyCheck(
                () -> state.model().flatMap(loaded -> loaded.workload().residencyProblem()), state::failed, liveness);
    }

    /** Where it is in its life. */
    public WorkerState state() {
        return state;
    }

    /**
     * Loads the model, takes requests as soon as it is loaded, and registers. Returns when the worker is ready.
     *
     * @throws RbeesException when the model cannot be loaded
     */
    public void start(GenerationMetrics metrics) {
        WorkerState.Loaded loaded = load().serve(metrics, liveness);
        loaded.warnings().forEach(warning -> LOG.warn("{}: {}", settings.modelId(), warning));
        state.loaded(loaded);
        LOG.info("{} is ready on port {} after {} ms: {} slots, {} threads", settings.workerId(), settings.port(),
                Duration.ofNanos(System.nanoTime() - began).toMillis(),
                loaded.workload().slotsTotal(), settings.threads());
        residency.start();
        link.ifPresent(OrchestratorLink::start);
    }

    private WarmModel load() {
        LOG.info("{} loads {} from {}", settings.workerId(), settings.modelId(),
                Printable.text(String.valueOf(settings.model().getFileName())));
        try {
            return model.load(new LoadLog(state));
        } catch (RbeesException e) {
            state.failed(e.userMessage());
            throw e;
        } catch (Throwable e) {
            state.failed("a fault of rbees-workerd");
            throw e;
        } finally {
            ExtractedLibraries.delete();
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

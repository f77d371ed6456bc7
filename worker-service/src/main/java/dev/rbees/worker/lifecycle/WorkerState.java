package dev.rbees.worker.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.Workload;
import dev.rbees.worker.graph.LoadProgress;

/** Where this worker is in its life: loading, then ready, then perhaps draining; or failed. Safe for many threads. */
public final class WorkerState implements LoadProgress {

    /**
     * A model that can be used.
     *
     * @param service what it can be asked for
     * @param modelDigest hex SHA-256 of its source file
     * @param encoding of most of its weights in that file
     * @param fingerprint how it calculates on this machine; null where no other worker makes the same bits
     * @param warnings why its answers may be worse than they could be, a sentence each
     */
    public record Loaded(Service service, String modelDigest, String encoding, @Nullable String fingerprint,
            List<String> warnings) {

        public Loaded {
            warnings = List.copyOf(warnings);
        }

        /** A model that generates text. */
        public Loaded(Engine engine, String modelDigest, String encoding, @Nullable String fingerprint,
                List<String> warnings) {
            this(new Service.Generation(engine), modelDigest, encoding, fingerprint, warnings);
        }

        /** What is the same for all kinds of models. */
        public Workload workload() {
            return service.workload();
        }

        /** What it can be asked for, by name. */
        public List<String> capabilities() {
            return List.of(service.capability());
        }
    }

    /** What loading is busy with, and how far that is. */
    public record Loading(String phase, int percent) {}

    private final Liveness liveness;
    private volatile Loading loading = new Loading("start", 0);
    private volatile @Nullable Loaded loaded;
    private volatile @Nullable String failure;
    private volatile boolean draining;
    private volatile @Nullable String renamed;
    private volatile @Nullable RegistrationView registration;

    /** @param liveness knows when a thread of the worker cannot go on, which is the end of it */
    public WorkerState(Liveness liveness) {
        this.liveness = liveness;
    }

    @Override
    public void report(Phase phase, double done) {
        loading = new Loading(phase.name().toLowerCase(Locale.ROOT), (int) Math.round(done * 100));
    }

    public void loaded(Loaded model) {
        loaded = model;
    }

    void failed(String message) {
        failure = message;
    }

    void drain() {
        draining = true;
    }

    /** This worker has another id than it was started with, because that one belongs to another worker. */
    void renamed(String id) {
        renamed = id;
    }

    /** The id of this worker, when it is another one than it was started with. */
    public Optional<String> renamed() {
        return Optional.ofNullable(renamed);
    }

    /** How far this worker is with its registration. */
    void registration(RegistrationView view) {
        registration = view;
    }

    /** How far this worker is with its registration; empty when it registers nowhere. */
    public Optional<RegistrationView> registration() {
        return Optional.ofNullable(registration);
    }

    public WorkerStatus status() {
        Loaded model = loaded;
        if (failure().isPresent()) {
            return WorkerStatus.FAILED;
        }
        if (draining) {
            return WorkerStatus.DRAINING;
        }
        if (model == null) {
            return WorkerStatus.LOADING;
        }
        return model.workload().slotsFree() < model.workload().slotsTotal() ? WorkerStatus.BUSY : WorkerStatus.READY;
    }

    public Loading loading() {
        return loading;
    }

    public Optional<Loaded> model() {
        return Optional.ofNullable(loaded);
    }

    /** Why it cannot work; what stands still at the moment may pass, the rest stays. */
    public Optional<String> failure() {
        Loaded model = loaded;
        return Optional.ofNullable(failure)
                .or(() -> liveness.failure()
                        .map(died -> "its thread " + died.thread() + " has failed, and it is being ended"))
                .or(() -> model == null ? Optional.empty() : model.workload().standstill());
    }

    /**
     * What it can be asked for, for new work.
     *
     * @throws RbeesException DRAINING, or WORKER_UNAVAILABLE while it loads and when it failed
     */
    public Service forNewWork() {
        Loaded model = loaded;
        if (draining) {
            throw RbeesException.busy(ErrorCode.DRAINING, "the worker is shutting down and takes no new work",
                    Duration.ofSeconds(1));
        }
        Optional<String> failed = failure();
        if (failed.isPresent()) {
            throw new RbeesException(ErrorCode.WORKER_UNAVAILABLE, "the worker failed: " + failed.get());
        }
        if (model == null) {
            throw RbeesException.busy(ErrorCode.WORKER_UNAVAILABLE, "the worker is still loading its model",
                    Duration.ofSeconds(2));
        }
        return model.service();
    }
}

package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;

/** Decides, and keeps the table of pools as if what it decided were done. Belongs to the control thread. */
public final class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    /** A worker whose process is there registers within this time, or is stopped again. */
    private static final Duration TO_REGISTER = Duration.ofSeconds(60);
    /** One that was found running after a restart of ours registers again within this time. */
    private static final Duration TO_COME_BACK = Duration.ofSeconds(30);
    /** After a stop that failed. */
    private static final Duration STOP_AGAIN = Duration.ofSeconds(15);
    private static final int TRIES = 2;
    /** After these, a worker may be there all the same: its memory is not given to another before it was stopped. */
    private static final Set<ErrorCode> IN_DOUBT = Set.of(ErrorCode.POOL_UNAVAILABLE, ErrorCode.TIMEOUT);
    private static final int LONGEST_NAME = 40;
    private static final int RANDOM_DIGITS = 8;
    private static final int RADIX = 36;

    private final Pools pools;
    private final Placer placer;
    private final RandomGenerator random;
    private long starts;

    public Placement(Pools pools, RandomGenerator random) {
        this.pools = pools;
        this.placer = new Placer(pools.settings());
        this.random = random;
    }

    /**
     * A model that tasks wait for, as far as tasks and workers tell.
     *
     * @param model which
     * @param waiting how many
     * @param oldest when the first of them was accepted
     * @param workers that have it
     * @param slots of these
     */
    public record Wanted(String model, int waiting, Instant oldest, int workers, int slots) {}

    /** A worker that is to be started. */
    public record NewWorker(long start, String workerId, PlacementStep.Start step) {}

    /** What was decided. */
    public record Decided(List<NewWorker> starts, List<PlacementStep.Retire> retired, List<PlacementStep.Wait> waits) {}

    /** @param busy whether a worker has tasks */
    public Decided decide(List<Wanted> wanted, Predicate<String> busy, Instant now) {
        Placements placements = pools.placements();
        if (!pools.allHeard()) {
            return new Decided(List.of(), List.of(), List.of());
        }
        placements.dropClaims(wanted.stream().map(Wanted::model).collect(Collectors.toSet()), now);
        List<NewWorker> started = new ArrayList<>();
        List<PlacementStep.Retire> retired = new ArrayList<>();
        List<PlacementStep.Wait> waits = new ArrayList<>();
        for (PlacementStep step : placer.decide(pools.places(busy, now),
                wanted.stream().filter(one -> pools.model(one.model()).isKnown()).map(one -> demand(one, now)).toList(),
                now)) {
            switch (step) {
                case PlacementStep.Start start -> started.add(begin(start, now));
                case PlacementStep.Retire retire -> {
                    LOG.info("worker {} of {} is retired: {}", retire.workerId(), retire.model(), retire.reason());
                    placements.retire(retire, now);
                    retired.add(retire);
                }
                case PlacementStep.Wait wait -> waits.add(wait);
            }
        }
        return new Decided(started, retired, waits);
    }

    private Demand demand(Wanted wanted, Instant now) {
        ModelFacts facts = pools.model(wanted.model());
        return new Demand(wanted.model(), facts.leastBytes(), facts.bytes(), wanted.waiting(), wanted.oldest(),
                wanted.workers(), wanted.slots(),
                isStarting(wanted.model()) || isComingBack(wanted.model(), now),
                facts.longSince(Placer.isLong(wanted.waiting(), wanted.slots()), now),
                facts.pausedUntil(), facts.refused(), facts.load(),
                facts.downloadable());
    }

    private NewWorker begin(PlacementStep.Start step, Instant now) {
        String id = Placements.PREFIX + name(step.model()) + "-" + digits();
        LOG.info("worker {} of {} is started at {} with {} bytes: {}", id, step.model(), step.site(), step.bytes(),
                step.reason());
        Starting start = pools.placements().begin(++starts, id, step, now);
        return new NewWorker(start.number, id, step);
    }

    private static String name(String model) {
        String plain = model.replaceAll("[^A-Za-z0-9._-]", "-");
        return plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
    }

    private String digits() {
        return random.ints(RANDOM_DIGITS, 0, RADIX).mapToObj(digit -> Integer.toString(digit, RADIX))
                .collect(Collectors.joining());
    }

    // ---- a start goes on

    /** Whether a worker of the model is being started. */
    public boolean isStarting(String model) {
        return pools.placements().startOf(model).isPresent();
    }

    /** Whether a worker of the model was found running a moment ago, and will register again. */
    private boolean isComingBack(String model, Instant now) {
        return pools.placements().workers().stream().anyMatch(worker -> worker.model.equals(model) && !worker.retiring
                && worker.readySince.plus(TO_COME_BACK).isAfter(now) && pools.isOnline(worker.site.pool(), now));
    }

    /** The pool of a worker of ours that is not online, as far as one knows; such a worker shows that it is there again. */
    public Optional<String> silentPool(String workerId, Instant now) {
        return pools.placements().worker(workerId).map(worker -> worker.site.pool())
                .filter(pool -> !pools.isOnline(pool, now));
    }

    /** How far a start is. */
    public record Progress(String pool, String phase, int percent) {}

    public Optional<Progress> progress(String model) {
        return pools.placements().startOf(model)
                .map(start -> new Progress(start.site.pool(), start.phase(), start.percent()));
    }

    public void progress(long start, String phase, int percent, Instant now) {
        pools.placements().start(start).ifPresent(found -> found.progress(phase, percent, now));
    }

    /** Its process is there and has loaded; it counts as starting until it has registered. */
    public void started(long start, Instant now) {
        pools.placements().start(start).filter(found -> found.done() == null).ifPresent(found -> {
            found.done(now);
            pools.model(found.model).loaded(Duration.between(found.loading(), now));
            pools.placements().place(found, now);
        });
    }

    /** A worker registered; when it is one of ours, its start is over. */
    public void registered(String workerId, Instant now) {
        for (Starting start : pools.placements().starts()) {
            if (start.workerId.equals(workerId)) {
                started(start.number, now);
                pools.placements().endStart(start.number);
            }
        }
    }

    /**
     * A start that failed.
     *
     * @param pool where
     * @param givenUp whether tasks need not wait for the model any longer
     */
    public record Failure(String model, String pool, boolean givenUp) {}

    /** Empty when it is not known any more. */
    public Optional<Failure> failed(long number, ErrorCode code, String message, Instant now) {
        Optional<Starting> start = pools.placements().start(number);
        start.ifPresent(_ -> pools.placements().endStart(number));
        return start.map(found -> {
            LOG.warn("worker {} of {} could not be started at {}: {}", found.workerId, found.model, found.site, message);
            if (IN_DOUBT.contains(code)) {
                pools.placements().place(found, now).retiring = true;
            }
            return failed(found.model, found.site, code, now);
        });
    }

    private Failure failed(String model, Site site, ErrorCode code, Instant now) {
        ModelFacts facts = pools.model(model);
        boolean tooLittle = code == ErrorCode.INSUFFICIENT_VRAM || code == ErrorCode.VRAM_OOM;
        int failures = facts.failed(site, tooLittle, pools.settings().retryPause(), now);
        boolean last = failures >= TRIES;
        if (last) {
            facts.pause(now.plus(pools.settings().retryPause()));
        }
        // why: a link that is lost comes back, and says nothing of the model
        return new Failure(model, site.pool(), last && code != ErrorCode.POOL_UNAVAILABLE);
    }

    /** Workers whose process is there and that have not registered in time: they are stopped again. */
    public List<Failure> silent(Instant now) {
        List<Failure> failures = new ArrayList<>();
        for (Starting start : pools.placements().starts()) {
            Instant done = start.done();
            if (done != null && !done.plus(TO_REGISTER).isAfter(now)) {
                LOG.warn("worker {} of {} has not registered; it is stopped", start.workerId, start.model);
                pools.placements().endStart(start.number);
                pools.placements().worker(start.workerId).ifPresent(worker -> worker.retiring = true);
                failures.add(failed(start.model, start.site, ErrorCode.WORKER_START_FAILED, now));
            }
        }
        return failures;
    }

    // ---- a worker goes

    /** A worker that is to be stopped now. */
    public record Leaving(String pool, String workerId, String room) {}

    /** Workers that make room and have no tasks any more; each is named once. */
    public List<Leaving> leaving(Predicate<String> busy, Instant now) {
        List<Leaving> leaving = new ArrayList<>();
        for (Placed worker : pools.placements().workers()) {
            if (worker.retiring && worker.stopping == null && !busy.test(worker.workerId)) {
                worker.stopping = now;
                leaving.add(new Leaving(worker.site.pool(), worker.workerId, worker.room));
            } else if (worker.stopping != null && worker.again != null && !worker.again.isAfter(now)) {
                worker.again = null;
                leaving.add(new Leaving(worker.site.pool(), worker.workerId, worker.room));
            }
        }
        return leaving;
    }

    /** Workers that get no more tasks. */
    public List<String> retiring() {
        return pools.placements().workers().stream().filter(worker -> worker.retiring).map(worker -> worker.workerId)
                .toList();
    }

    public boolean isRetiring(String workerId) {
        return pools.placements().worker(workerId).filter(worker -> worker.retiring).isPresent();
    }

    /** @param done whether its process is gone; if not, it is asked again later */
    public void stopped(String workerId, boolean done, Instant now) {
        if (done) {
            pools.placements().remove(workerId);
        } else {
            pools.placements().worker(workerId).ifPresent(worker -> worker.again = now.plus(STOP_AGAIN));
        }
    }
}

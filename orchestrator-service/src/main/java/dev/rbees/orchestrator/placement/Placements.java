package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;

/** Which worker was promised which memory: those that are being started, those that are there, and the room that is being made. */
public final class Placements {

    /** Names of workers that we start begin like this, so that we know them after a restart. */
    static final String PREFIX = "od-";
    private static final Set<WorkerStatus> RUNNING = Set.of(WorkerStatus.READY, WorkerStatus.BUSY, WorkerStatus.DRAINING);
    private static final Set<WorkerStatus> GONE = Set.of(WorkerStatus.EXITED, WorkerStatus.FAILED);
    /** why: a pool may have looked at its workers before the last one was there. */
    private static final Duration SEEN_AFTER = Duration.ofSeconds(30);
    private static final Duration CLAIM = Duration.ofSeconds(60);

    /** @param until when the model must have been started there */
    private record Claim(String model, Instant until) {}

    private final PlacementSettings settings;
    private final Map<Long, Starting> starts = new TreeMap<>();
    private final Map<String, Placed> placed = new TreeMap<>();
    private final Map<Site, Claim> claims = new HashMap<>();
    private final Map<Site, Instant> nextSwaps = new HashMap<>();

    Placements(PlacementSettings settings) {
        this.settings = settings;
    }

    // ---- starts

    Starting begin(long number, String workerId, PlacementStep.Start step, Instant now) {
        Starting start = new Starting(number, workerId, step, now);
        starts.put(number, start);
        claims.remove(step.site());
        return start;
    }

    Optional<Starting> start(long number) {
        return Optional.ofNullable(starts.get(number));
    }

    Optional<Starting> startOf(String model) {
        return starts.values().stream().filter(start -> start.model.equals(model)).findFirst();
    }

    Collection<Starting> starts() {
        return List.copyOf(starts.values());
    }

    void endStart(long number) {
        starts.remove(number);
    }

    // ---- workers that are there

    Placed place(Starting start, Instant now) {
        Placed worker = new Placed(start.workerId, start.model, start.site, start.bytes, now);
        placed.put(worker.workerId, worker);
        return worker;
    }

    Optional<Placed> worker(String id) {
        return Optional.ofNullable(placed.get(id));
    }

    Collection<Placed> workers() {
        return List.copyOf(placed.values());
    }

    void remove(String workerId) {
        placed.remove(workerId);
    }

    /** A worker was given a task, or has ended one. */
    public void used(String workerId, boolean anew, Instant now) {
        Placed worker = placed.get(workerId);
        if (worker != null) {
            worker.lastUsed = now;
            worker.served += anew ? 1 : 0;
        }
    }

    /** Nothing there is ours to stop any more. */
    void forget(String pool) {
        placed.values().removeIf(worker -> worker.site.pool().equals(pool));
    }

    /** A worker makes room, or only goes. */
    void retire(PlacementStep.Retire step, Instant now) {
        worker(step.workerId()).ifPresent(worker -> {
            worker.retiring = true;
            worker.room = step.room();
        });
        if (!step.room().isEmpty()) {
            claims.put(step.site(), new Claim(step.room(), now.plus(CLAIM)));
            nextSwaps.put(step.site(), now.plus(settings.swapPause()));
        }
    }

    /** Room is kept only while it is being made, or was made a moment ago, and while somebody wants it. */
    void dropClaims(Set<String> wanted, Instant now) {
        claims.replaceAll((site, claim) -> isMakingRoom(site) ? new Claim(claim.model(), now.plus(CLAIM)) : claim);
        claims.values().removeIf(claim -> !wanted.contains(claim.model()) || !claim.until().isAfter(now));
    }

    private boolean isMakingRoom(Site site) {
        return placed.values().stream().anyMatch(worker -> worker.site.equals(site) && worker.retiring);
    }

    // ---- what a pool says

    /** Takes note of what a pool shows: what is counted in its memory, what is gone, and what we did not know of. */
    void seen(String pool, PoolStatus status, ToLongFunction<WorkerProcess> bytes, Instant now) {
        Map<String, WorkerProcess> there = status.workers().stream()
                .collect(Collectors.toMap(WorkerProcess::workerId, Function.identity(), (one, _) -> one));
        placed.values()
                .removeIf(worker -> worker.site.pool().equals(pool) && isGone(worker, there.get(worker.workerId), now));
        for (WorkerProcess process : there.values()) {
            Placed known = placed.get(process.workerId());
            if (known != null) {
                known.counted |= RUNNING.contains(process.status());
            } else if (isOurs(process)) {
                Placed found = new Placed(process.workerId(), process.model(), site(pool, process, status),
                        bytes.applyAsLong(process), now);
                found.counted = RUNNING.contains(process.status());
                placed.put(found.workerId, found);
            }
        }
    }

    private static boolean isGone(Placed worker, @Nullable WorkerProcess process, Instant now) {
        return process == null ? !worker.readySince.plus(SEEN_AFTER).isAfter(now) : GONE.contains(process.status());
    }

    private boolean isOurs(WorkerProcess process) {
        return process.workerId().startsWith(PREFIX) && !GONE.contains(process.status())
                && starts.values().stream().noneMatch(start -> start.workerId.equals(process.workerId()));
    }

    /** why: a pool does not say which card; with several, the first is a guess that matters until that worker is stopped. */
    private static Site site(String pool, WorkerProcess process, PoolStatus status) {
        return process.backend() == Backend.CUDA && !status.gpus().isEmpty()
                ? Site.card(pool, status.gpus().getFirst().index())
                : Site.processor(pool);
    }

    // ---- a site

    Place place(Site site, Pools.Memory memory, Set<String> files, Predicate<String> busy, Instant now) {
        long promised = 0;
        long uncounted = 0;
        for (Starting start : starts.values()) {
            if (start.site.equals(site) && start.done() == null) {
                promised += start.bytes;
                uncounted += start.bytes;
            }
        }
        for (Placed worker : placed.values()) {
            if (worker.site.equals(site)) {
                promised += worker.bytes;
                uncounted += worker.counted ? 0 : worker.bytes;
            }
        }
        List<Resident> residents = placed.values().stream().filter(worker -> worker.site.equals(site) && !worker.retiring)
                .map(worker -> worker.resident(busy.test(worker.workerId),
                        settings.keeping().time(worker.model).orElse(null), settings.keeping().isPinned(worker.model)))
                .toList();
        Claim claim = claims.get(site);
        return new Place(site, Math.min(memory.freeBytes() - uncounted, memory.capacityBytes() - promised),
                memory.capacityBytes(), files, residents, claim == null ? null : claim.model(),
                nextSwaps.getOrDefault(site, Instant.MIN));
    }
}

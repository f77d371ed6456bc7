package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.PoolView;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.thread.Ownership;

/**
 * The pools, and what of their memory is promised to whom. Belongs to the control thread; {@link #views} is for everybody. Times are
 * those of a clock that never jumps.
 */
public final class Pools {

    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private final Ownership owner;
    private final Map<String, PoolRow> rows = new TreeMap<>();
    private final Map<String, ModelFacts> models = new HashMap<>();
    private final Placements placements;
    private final PlacementSettings settings;
    private volatile List<PoolView> views = List.of();

    /**
     * @param downloadable models that every pool can download, and how large they are
     * @param owner of the table: who else changes it is a fault of ours
     */
    public Pools(PlacementSettings settings, Collection<ModelEntry> downloadable, Ownership owner) {
        downloadable.forEach(entry -> model(entry.id()).downloadable(entry));
        this.owner = owner;
        this.settings = settings;
        this.placements = new Placements(settings);
    }

    public PlacementSettings settings() {
        return settings;
    }

    /** Workers that are being started, and those that are ours to stop. */
    public Placements placements() {
        owner.check();
        return placements;
    }

    ModelFacts model(String id) {
        return models.computeIfAbsent(id, _ -> new ModelFacts());
    }

    public void join(PoolRegistration pool, Moment now) {
        owner.check();
        PoolRow row = rows.get(pool.id());
        if (row == null) {
            rows.put(pool.id(), new PoolRow(pool));
        } else {
            row.registration(pool);
        }
        show(now);
    }

    /** False when it was not known. */
    public boolean leave(String id, Moment now) {
        owner.check();
        boolean known = rows.remove(id) != null;
        if (known) {
            placements.forget(id);
            show(now);
        }
        return known;
    }

    /** False when it is not known. */
    public boolean drain(String id, boolean draining, Moment now) {
        owner.check();
        PoolRow row = rows.get(id);
        if (row != null) {
            row.draining(draining);
            show(now);
        }
        return row != null;
    }

    /** What a pool says of itself; one that is not known is passed over. */
    public void seen(String id, PoolStatus status, Moment now) {
        owner.check();
        PoolRow row = rows.get(id);
        if (row == null) {
            return;
        }
        PoolState before = row.state(now.steady());
        row.seen(status, now);
        status.models().forEach(entry -> model(entry.id()).heard(entry));
        placements.seen(id, status, worker -> model(worker.model()).bytes(), now.steady());
        if (before != row.state(now.steady())) {
            LOG.info("pool {} is {}", id, row.state(now.steady()));
        }
        show(now);
    }

    public void unseen(String id, String problem, boolean unusable, Moment now) {
        owner.check();
        PoolRow row = rows.get(id);
        if (row != null) {
            row.unseen(problem, unusable);
            show(now);
        }
    }

    /** This program could hear nobody for a while, which is not the pools' fault. */
    public void forgive(Duration deaf) {
        owner.check();
        rows.values().forEach(row -> row.forgive(deaf));
    }

    /** Time has passed. */
    public void refresh(Moment now) {
        owner.check();
        for (PoolRow row : rows.values()) {
            PoolState state = row.state(now.steady());
            views.stream().filter(view -> view.id().equals(row.registration().id()) && view.state() != state)
                    .forEach(view -> LOG.warn("pool {} is {}: {}", view.id(), state, row.view(now.steady()).problem()));
        }
        show(now);
    }

    private void show(Moment now) {
        views = rows.values().stream().map(row -> row.view(now.steady())).toList();
    }

    /** As of the last change; from any thread. */
    public List<PoolView> views() {
        return views;
    }

    /** Whether there is a pool that we may start workers on. */
    public boolean anyOnDemand() {
        return rows.values().stream().anyMatch(row -> row.registration().onDemand());
    }

    /** When the worker of a model that is being started will probably be ready; empty while too little is known. */
    public Optional<Duration> untilReady(String model, Instant now) {
        ModelFacts facts = model(model);
        return placements.startOf(model).filter(start -> facts.loadIsKnown() && !start.phase().equals("download"))
                .map(start -> facts.load().minus(Duration.between(start.loading(), now)))
                .map(left -> left.isNegative() ? Duration.ZERO : left);
    }

    /** Whether every pool has answered or failed to. why: after a start, workers may be running where nobody has looked yet. */
    boolean allHeard() {
        return rows.values().stream().filter(row -> row.registration().onDemand()).allMatch(PoolRow::heard);
    }

    /** Whether a pool answers. */
    public boolean isOnline(String id, Instant now) {
        PoolRow row = rows.get(id);
        return row != null && row.state(now) == PoolState.ONLINE;
    }

    /**
     * The sites that may be used now.
     *
     * @param busy whether a worker has tasks
     */
    List<Place> places(Predicate<String> busy, Instant now) {
        List<Place> places = new ArrayList<>();
        for (PoolRow row : rows.values()) {
            PoolStatus status = row.status();
            if (row.registration().onDemand() && row.state(now) == PoolState.ONLINE && status != null) {
                Set<String> files = status.models().stream().filter(ModelEntry::downloaded).map(ModelEntry::id)
                        .collect(Collectors.toUnmodifiableSet());
                memory(row.registration().id(), status).forEach((site, memory) -> places
                        .add(placements.place(site, memory, files, busy, now)));
            }
        }
        return places;
    }

    /** @param freeBytes that the pool said are free; at most as many as may be used */
    record Memory(long capacityBytes, long freeBytes) {}

    private static Map<Site, Memory> memory(String pool, PoolStatus status) {
        Map<Site, Memory> sites = new LinkedHashMap<>();
        long capacity = Capacity.ofMachine(status.memory().totalBytes());
        sites.put(Site.processor(pool), new Memory(capacity, status.memory().availableBytes()));
        for (PoolStatus.Gpu card : status.gpus()) {
            // why: of the cards that we know, only those of NVIDIA have memory of their own and are asked for it
            if (card.computeCapability() != null) {
                sites.put(Site.card(pool, card.index()), new Memory(Capacity.ofCard(card.vramTotalBytes()),
                        card.vramFreeBytes() == null ? card.vramTotalBytes() : card.vramFreeBytes()));
            }
        }
        return sites;
    }
}

package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.Sha256;
import dev.rbees.thread.Handover;

/**
 * Every model that a task may name: those of the catalog, and those that a worker brought. Of the latter at most {@link #MOST} are
 * known, and none that no worker has had for {@link #UNSEEN}; so whoever may register workers fills it with junk neither for ever nor
 * without bound. Any thread; no call waits for the store, which is told after the lock is released.
 */
public final class KnownModels {

    /** Models besides those of the catalog; of more, those that were seen the longest ago are forgotten. */
    public static final int MOST = 1_000;
    /** A model that no worker has had for so long is forgotten. */
    public static final Duration UNSEEN = Duration.ofDays(30);

    /** The digest of a model of the catalog that no worker has brought yet. */
    private static final String UNKNOWN_DIGEST = "unknown";
    /** why: a write for each sign of life would be a write for nothing. */
    private static final Duration SEEN_STEP = Duration.ofDays(1);

    private final InstantSource clock;
    private final Set<String> catalog;
    private final Handover<String, KnownModel> records;
    /** When the record last heard that a worker has it. */
    @GuardedBy("this")
    private final Map<String, Instant> noted = new HashMap<>();
    @GuardedBy("this")
    private Set<String> carried = Set.of();
    /** Changed under the lock, read without. */
    private final Map<String, KnownModel> models = new ConcurrentSkipListMap<>();

    /** Reads what the store has, which blocks. */
    public KnownModels(Catalog catalog, ModelStore store, InstantSource clock) {
        this.clock = clock;
        this.catalog = catalog.models().stream().map(CatalogModel::id).collect(Collectors.toUnmodifiableSet());
        this.records = new Handover<>((id, model) -> model.ifPresentOrElse(store::remember, () -> store.forgetModel(id)));
        catalog.models().forEach(model -> models.put(model.id(),
                new KnownModel(model.id(), model.digests().map(Sha256::ofFiles).orElse(UNKNOWN_DIGEST),
                        Objects.requireNonNull(model.contextLength(), "the catalog tells it"), model.generates(), null)));
        load(store.models(), clock.instant());
        records.flush();
    }

    private synchronized void load(List<KnownModel> remembered, Instant now) {
        for (KnownModel model : remembered) {
            models.put(model.id(), model.seen() == null ? model.seenAt(now) : model);
            if (model.seen() != null) {
                noted.put(model.id(), model.seen());
            }
        }
        forgetOld(now, Set.of());
        forgetMost(MOST);
    }

    /** The models of a catalog that pools can download, with what is known of their size. */
    public static List<ModelEntry> downloadable(Catalog catalog) {
        return catalog.models().stream()
                .map(model -> new ModelEntry(model.id(), model.name(), false, model.format(), model.architecture(),
                        model.quantization(), model.sizeBytes(), null, null, null, model.licence(), model.contextLength(),
                        model.memoryBytes(), model.digestOrigin()))
                .toList();
    }

    /** Adds it or replaces what was known; whether that is news. A worker has it now. */
    public boolean put(KnownModel model) {
        try {
            return putNow(model);
        } finally {
            records.flush();
        }
    }

    private synchronized boolean putNow(KnownModel model) {
        Instant now = clock.instant();
        KnownModel before = models.get(model.id());
        if (before == null && !catalog.contains(model.id())) {
            forgetMost(MOST - 1);
        }
        boolean news = !model.sameAs(before);
        see(model, now, news);
        return news;
    }

    private synchronized void see(KnownModel model, Instant now, boolean news) {
        KnownModel seen = model.seenAt(now);
        models.put(model.id(), seen);
        Instant before = noted.get(model.id());
        if (news || before == null || !now.isBefore(before.plus(SEEN_STEP))) {
            noted.put(model.id(), now);
            records.put(model.id(), seen);
        }
    }

    /**
     * A pool has downloaded it; what a worker has said of a model counts more. What is no whole description is passed over.
     *
     * @param entry as the pool shows it
     */
    public void onPool(ModelEntry entry) {
        Integer contextLength = entry.contextLength();
        if (entry.downloaded() && contextLength != null && contextLength > 0 && Ids.isId(entry.id())
                && find(entry.id()).isEmpty()) {
            put(new KnownModel(entry.id(), Objects.requireNonNullElse(entry.sha256(), UNKNOWN_DIGEST), contextLength,
                    !"bert".equals(entry.architecture()), null));
        }
    }

    /**
     * Workers have these at present; what none has had for long is forgotten. To be called from time to time, at least once a day.
     *
     * @param ids of models
     */
    public void carried(Set<String> ids) {
        try {
            note(ids);
        } finally {
            records.flush();
        }
    }

    private synchronized void note(Set<String> ids) {
        Instant now = clock.instant();
        for (String id : ids) {
            KnownModel model = models.get(id);
            if (model != null) {
                see(model, now, false);
            }
        }
        carried = Set.copyOf(ids);
        forgetOld(now, ids);
    }

    /**
     * Forgets a model.
     *
     * @param carried ids of models that workers have at present
     * @throws RbeesException MODEL_NOT_FOUND, or CONFLICT when a worker has it, or it is one of the catalog
     */
    public void remove(String id, Set<String> carried) {
        try {
            removeNow(id, carried);
        } finally {
            records.flush();
        }
    }

    private synchronized void removeNow(String id, Set<String> carried) {
        if (!models.containsKey(id)) {
            throw unknown(id);
        }
        if (carried.contains(id)) {
            throw new RbeesException(ErrorCode.CONFLICT, "a worker has this model; stop its workers first");
        }
        if (catalog.contains(id)) {
            throw new RbeesException(ErrorCode.CONFLICT, "this model belongs to the catalog, which stays as it is");
        }
        forget(id);
    }

    private synchronized void forgetOld(Instant now, Set<String> but) {
        brought().stream().filter(model -> !but.contains(model.id()) && seen(model).plus(UNSEEN).isBefore(now))
                .map(KnownModel::id).toList().forEach(this::forget);
    }

    /** Those that no worker has first, and of them those seen the longest ago, until there are so many. */
    private synchronized void forgetMost(int most) {
        List<KnownModel> all = brought();
        if (all.size() > most) {
            Set<String> last = carried;
            all.stream()
                    .sorted(Comparator.comparing((KnownModel model) -> last.contains(model.id()))
                            .thenComparing(KnownModels::seen))
                    .limit(all.size() - most).map(KnownModel::id).toList().forEach(this::forget);
        }
    }

    private static Instant seen(KnownModel model) {
        return model.seen() == null ? Instant.EPOCH : model.seen();
    }

    /** Those that are not of the catalog. */
    private List<KnownModel> brought() {
        return models.values().stream().filter(model -> !catalog.contains(model.id())).toList();
    }

    private synchronized void forget(String id) {
        models.remove(id);
        noted.remove(id);
        records.remove(id);
    }

    public List<KnownModel> all() {
        return List.copyOf(models.values());
    }

    public Optional<KnownModel> find(String id) {
        return Optional.ofNullable(models.get(id));
    }

    /** What somebody is told who named another model. */
    public RbeesException unknown(String id) {
        return new RbeesException(ErrorCode.MODEL_NOT_FOUND, "no model of that name is known"
                + Suggestion.sentence(id, models.keySet()) + "; GET /v2/models, or 'rbees-pool models list', lists them");
    }
}

package dev.rbees.orchestrator.pool;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.orchestrator.pool.KnownPool.Origin;
import dev.rbees.thread.Handover;

/**
 * The pools that there are: those of a file, those that were registered, and this machine. What was registered is in the record, and
 * likewise which of all are drained. Any thread; no call waits for the store, which is told after the lock is released.
 */
public final class PoolRegistry {

    /** Pools that there may be. */
    public static final int MOST = 256;

    private static final Logger LOG = LoggerFactory.getLogger(PoolRegistry.class);

    private final Handover<String, PoolRecord> records;
    @GuardedBy("this")
    private final Map<String, KnownPool> pools = new TreeMap<>();

    /**
     * Reads what the store has, which blocks.
     *
     * @param fixed pools that nobody can register or remove
     */
    public PoolRegistry(PoolStore store, List<KnownPool> fixed) {
        this.records = new Handover<>((id, pool) -> pool.ifPresentOrElse(store::remember, () -> store.forgetPool(id)));
        load(fixed, store.pools());
        records.flush();
    }

    private synchronized void load(List<KnownPool> fixed, List<PoolRecord> remembered) {
        fixed.forEach(pool -> pools.put(pool.id(), pool));
        Map<String, PoolRecord> byId = remembered.stream().collect(Collectors.toMap(PoolRecord::id, pool -> pool,
                (one, _) -> one, HashMap::new));
        for (PoolRecord pool : byId.values()) {
            KnownPool standing = pools.get(pool.id());
            if (standing != null) {
                pools.put(pool.id(), standing.with(pool.draining()));
            }
            if (standing != null && pool.registration() != null) {
                LOG.warn("pool {} was registered, and now stands in a file too: the file counts", pool.id());
            } else if (standing == null && pool.registration() != null) {
                pools.put(pool.id(), new KnownPool(pool.registration(), Origin.REGISTERED, pool.draining()));
            } else if (standing == null) {
                records.remove(pool.id());
            }
        }
    }

    /** In the order of their ids. */
    public synchronized List<KnownPool> all() {
        return List.copyOf(pools.values());
    }

    public synchronized Optional<KnownPool> find(String id) {
        return Optional.ofNullable(pools.get(id));
    }

    /** @throws RbeesException POOL_NOT_FOUND */
    public synchronized KnownPool require(String id) {
        return find(id).orElseThrow(() -> new RbeesException(ErrorCode.POOL_NOT_FOUND, "no pool of that id is known"
                + Suggestion.sentence(id, pools.keySet()) + "; GET /v2/pools lists them"));
    }

    /**
     * Takes a pool in, or replaces what was registered of it.
     *
     * @return whether it is new
     * @throws RbeesException CONFLICT when it stands in a file or there are too many
     */
    public boolean register(PoolRegistration registration) {
        return flushing(() -> registerNow(registration));
    }

    private synchronized boolean registerNow(PoolRegistration registration) {
        Optional<KnownPool> before = find(registration.id());
        before.ifPresent(PoolRegistry::requireRegistered);
        if (before.isEmpty() && pools.size() >= MOST) {
            throw new RbeesException(ErrorCode.CONFLICT, "there are " + MOST + " pools, and there can be no more");
        }
        put(new KnownPool(registration, Origin.REGISTERED, before.filter(KnownPool::draining).isPresent()));
        return before.isEmpty();
    }

    private static void requireRegistered(KnownPool pool) {
        switch (pool.origin()) {
            case FILE -> throw new RbeesException(ErrorCode.CONFLICT, "the pool " + pool.id()
                    + " stands in the file of pools on the orchestrator's machine; change it there and start rbees-orcd anew");
            case LOCAL -> throw new RbeesException(ErrorCode.CONFLICT, "the pool " + pool.id()
                    + " is the orchestrator's own machine; rbees-orcd --no-local-pool does without it");
            case REGISTERED -> {}
        }
    }

    /** @throws RbeesException POOL_NOT_FOUND, or CONFLICT when it was not registered by a request */
    public void remove(String id) {
        flushing(() -> removeNow(id));
    }

    private synchronized boolean removeNow(String id) {
        requireRegistered(require(id));
        pools.remove(id);
        records.remove(id);
        return true;
    }

    /**
     * From now on a pool gets no new workers, or does again.
     *
     * @throws RbeesException POOL_NOT_FOUND
     */
    public void drain(String id, boolean draining) {
        flushing(() -> drainNow(id, draining));
    }

    private synchronized boolean drainNow(String id, boolean draining) {
        put(require(id).with(draining));
        return draining;
    }

    @GuardedBy("this")
    private void put(KnownPool pool) {
        pools.put(pool.id(), pool);
        records.put(pool.id(), new PoolRecord(pool.id(),
                pool.origin() == Origin.REGISTERED ? pool.registration() : null, pool.draining()));
    }

    private <T> T flushing(Supplier<T> change) {
        try {
            return change.get();
        } finally {
            records.flush();
        }
    }
}

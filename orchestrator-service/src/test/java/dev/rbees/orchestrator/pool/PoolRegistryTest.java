package dev.rbees.orchestrator.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.orchestrator.pool.KnownPool.Origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class PoolRegistryTest {

    private final PoolsInMemory store = new PoolsInMemory();

    private static final class PoolsInMemory implements PoolStore {
        private final Map<String, PoolRecord> pools = new LinkedHashMap<>();

        @Override
        public void remember(PoolRecord pool) {
            pools.put(pool.id(), pool);
        }

        @Override
        public void forgetPool(String id) {
            pools.remove(id);
        }

        @Override
        public List<PoolRecord> pools() {
            return new ArrayList<>(pools.values());
        }
    }

    private PoolRegistry registry(String... fixed) {
        return new PoolRegistry(store, List.of(fixed).stream()
                .map(id -> new KnownPool(new PoolRegistration(id, "host-of-the-file"), Origin.FILE, false)).toList());
    }

    @Test
    void whatWasRegisteredAndDrainedIsKnownAfterARestart() {
        PoolRegistry registry = registry("fixed");
        assertThat(registry.register(new PoolRegistration("b", "before"))).isTrue();
        assertThat(registry.register(new PoolRegistration("b", "after"))).isFalse();
        registry.register(new PoolRegistration("gone", "h"));
        registry.remove("gone");
        registry.drain("fixed", true);
        registry.drain("b", true);

        assertThat(registry("fixed").all()).containsExactly(
                new KnownPool(new PoolRegistration("b", "after"), Origin.REGISTERED, true),
                new KnownPool(new PoolRegistration("fixed", "host-of-the-file"), Origin.FILE, true));
        assertThat(registry().all()).as("one that stands in the file no more").extracting(KnownPool::id)
                .containsExactly("b");
        assertThat(store.pools.keySet()).containsExactly("b");
    }

    @Test
    void aPoolThatIsReachedInAnotherWayStaysDrained() {
        PoolRegistry registry = registry();
        registry.register(new PoolRegistration("b", "before"));
        registry.drain("b", true);
        registry.register(new PoolRegistration("b", "after"));
        assertThat(registry.require("b").draining()).isTrue();
    }

    @Test
    void theFileCounts() {
        registry().register(new PoolRegistration("a", "registered"));
        PoolRegistry registry = registry("a");
        assertThat(registry.require("a").registration().host()).isEqualTo("host-of-the-file");
        assertThat(
                catchThrowableOfType(RbeesException.class, () -> registry.register(new PoolRegistration("a", "h"))).code())
                .isEqualTo(ErrorCode.CONFLICT);
        assertThatThrownBy(() -> registry.remove("a")).hasMessageContaining("stands in the file of pools");
    }

    @Test
    void whoIsNotKnownIsNotFound() {
        PoolRegistry registry = registry("cellar");
        assertThatThrownBy(() -> registry.remove("celler")).hasMessageContaining("did you mean 'cellar'");
        assertThat(catchThrowableOfType(RbeesException.class, () -> registry.drain("x", true)).code())
                .isEqualTo(ErrorCode.POOL_NOT_FOUND);
    }

    @Test
    void thereIsAnEndToThem() {
        PoolRegistry registry = registry();
        for (int i = 0; i < PoolRegistry.MOST; i++) {
            registry.register(new PoolRegistration("p" + i, "h"));
        }
        assertThatThrownBy(() -> registry.register(new PoolRegistration("more", "h"))).hasMessageContaining("no more");
        assertThat(registry.register(new PoolRegistration("p1", "other"))).isFalse();
    }
}

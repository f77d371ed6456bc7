package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.pool.ModelEntry;

import static org.assertj.core.api.Assertions.assertThat;

class KnownModelsTest {

    private static final String DIGEST = "a".repeat(64);

    private final Map<String, KnownModel> stored = new LinkedHashMap<>();
    private final ModelStore store = new ModelStore() {
        @Override
        public void remember(KnownModel model) {
            stored.put(model.id(), model);
        }

        @Override
        public void forgetModel(String id) {
            stored.remove(id);
        }

        @Override
        public List<KnownModel> models() {
            return List.copyOf(stored.values());
        }
    };
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private KnownModels models = open();
    private final String ofCatalog = models.all().getFirst().id();

    private KnownModels open() {
        return new KnownModels(Catalog.builtIn(), store, () -> now);
    }

    private boolean put(String id) {
        return models.put(new KnownModel(id, DIGEST, 128));
    }

    private @Nullable ErrorCode removing(String id, String... carried) {
        try {
            models.remove(id, Set.of(carried));
            return null;
        } catch (RbeesException e) {
            return e.code();
        }
    }

    @Test
    void junkIsBoundedAndDoesNotPushOutWhatWorkersHave() {
        put("real");
        for (int i = 0; i < 5_000; i++) {
            now = now.plusSeconds(1);
            models.carried(i % 2_000 == 0 ? Set.of("real", "junk" + (i - 1)) : Set.of("real"));
            put("junk" + i);
        }
        assertThat(stored).hasSize(KnownModels.MOST).containsKey("real").containsKey("junk4999").doesNotContainKey("junk0");
        assertThat(models.find("real")).isPresent();
        assertThat(models.find(ofCatalog)).isPresent();
        stored.put("more", new KnownModel("more", DIGEST, 128)); // as an earlier version left it
        models = open();
        assertThat(models.all()).hasSize(KnownModels.MOST + Catalog.builtIn().models().size());
    }

    @Test
    void whatNobodyHasForLongIsForgottenAlsoOverRestarts() {
        put("gone");
        put("there");
        now = now.plus(Duration.ofDays(29));
        models.carried(Set.of("there"));
        models = open();
        assertThat(models.find("gone")).isPresent();
        now = now.plus(Duration.ofDays(2));
        models.carried(Set.of("there"));
        assertThat(models.find("gone")).isEmpty();
        assertThat(models.find("there")).isPresent();
        assertThat(models.find(ofCatalog)).isPresent();
        assertThat(stored).containsOnlyKeys("there");
    }

    @Test
    void theOperatorMayForgetWhatNoWorkerHas() {
        put("old");
        assertThat(removing("old", "old")).isEqualTo(ErrorCode.CONFLICT);
        assertThat(removing(ofCatalog)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(removing("old")).isNull();
        assertThat(removing("old")).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(stored).isEmpty();
    }

    private static ModelEntry entry(String id, boolean downloaded, @Nullable Integer contextLength, String architecture) {
        return new ModelEntry(id, id, downloaded, "gguf", architecture, null, 1, DIGEST, null, null, null, contextLength);
    }

    @Test
    void whatAPoolHasMayBeNamedAndWhatAWorkerSaysOfItCountsMore() {
        models.put(new KnownModel("worked", "b".repeat(64), 64));
        models.onPool(entry("worked", true, 128, "llama"));
        models.onPool(entry("brought", true, 128, "llama"));
        models.onPool(entry("embeds", true, 512, "bert"));
        models.onPool(entry("elsewhere", false, 128, "llama"));
        models.onPool(entry("vague", true, null, "llama"));
        models.onPool(entry("no id", true, 128, "llama"));
        assertThat(models.find("worked")).get().extracting(KnownModel::contextLength).isEqualTo(64);
        assertThat(models.find("brought")).get()
                .isEqualTo(new KnownModel("brought", DIGEST, 128, true, now));
        assertThat(models.find("embeds")).get().extracting(KnownModel::generates).isEqualTo(false);
        assertThat(stored).containsOnlyKeys("worked", "brought", "embeds");
    }

    @Test
    void onlyWhatChangedIsNews() {
        assertThat(put("a")).isTrue();
        now = now.plusSeconds(5);
        assertThat(put("a")).isFalse();
        assertThat(Objects.requireNonNull(stored.get("a")).seen()).isEqualTo(now.minusSeconds(5)); // why: no write for each registration
        assertThat(models.put(new KnownModel("a", DIGEST, 256))).isTrue();
    }
}

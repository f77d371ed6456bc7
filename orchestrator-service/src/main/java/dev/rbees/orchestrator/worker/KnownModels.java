package dev.rbees.orchestrator.worker;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.model.Catalog;

/** Every model that a task may name: those of the catalog, and those that a worker ever brought. */
public final class KnownModels {

    private final Map<String, KnownModel> models = new ConcurrentSkipListMap<>();

    public KnownModels(Catalog catalog, Collection<KnownModel> remembered) {
        catalog.models().forEach(model -> put(new KnownModel(model.id(), model.sha256(), model.contextLength())));
        remembered.forEach(this::put);
    }

    /** Adds it or replaces what was known; whether that is news. */
    public boolean put(KnownModel model) {
        return !model.equals(models.put(model.id(), model));
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

package dev.rbees.orchestrator.openai;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.orchestrator.worker.KnownModels;

/** OpenAI's list of models: those that a task may name. */
@RestController("openAiModels")
final class ModelsController {

    private final KnownModels models;

    ModelsController(KnownModels models) {
        this.models = models;
    }

    /** why: OpenAI's clients want a time; ours do not know when a model was made. */
    private static final long CREATED = 0;

    record ModelCard(String id, String object, long created, String ownedBy) {
        static ModelCard of(KnownModel model) {
            return new ModelCard(model.id(), "model", CREATED, "rbees");
        }
    }

    record ModelCards(String object, List<ModelCard> data) {}

    @GetMapping("/v1/models")
    ModelCards list() {
        return new ModelCards("list", models.all().stream().map(ModelCard::of).toList());
    }

    @GetMapping("/v1/models/{id}")
    ModelCard show(@PathVariable String id) {
        return ModelCard.of(models.find(id).orElseThrow(() -> models.unknown(id)));
    }
}

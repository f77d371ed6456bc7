package dev.rbees.pool.model;

import java.nio.file.Path;
import java.util.List;

import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/** A model that Ollama has on this machine; its file is copied. */
final class OllamaSource implements ModelSource {

    private final ModelRef.Ollama ref;
    private final OllamaStore store;
    private final LocalCopy copies;

    OllamaSource(ModelRef.Ollama ref, OllamaStore store, LocalCopy copies) {
        this.ref = ref;
        this.store = store;
        this.copies = copies;
    }

    @Override
    public String name() {
        return "Ollama's store";
    }

    @Override
    public CatalogModel describe(CatalogModel model) throws SourceException {
        return model.with(List.of(store.weights(ref)), List.of(ref.toString()), DigestOrigin.SOURCE);
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException {
        Path copy = staging.resolve("ollama-" + file.name().replace("/", "--") + ".part");
        String digest = file.sha256() == null ? store.weights(ref).sha256() : file.sha256();
        copies.take(store.blob(String.valueOf(digest)), copy, model.id(), file,
                "its file of the weights is damaged; pull the model again");
        return copy;
    }
}

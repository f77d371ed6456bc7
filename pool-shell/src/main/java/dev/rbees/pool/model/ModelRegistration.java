package dev.rbees.pool.model;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.model.PartName;
import dev.rbees.api.pool.ModelEntry;

/** Enters models into this machine's catalog, and takes them out. Nobody is asked, and no file is touched. */
public final class ModelRegistration {

    private final LocalCatalog catalog;
    private final ModelStore store;

    public ModelRegistration(LocalCatalog catalog, ModelStore store) {
        this.catalog = catalog;
        this.store = store;
    }

    /**
     * What somebody says of a model.
     *
     * @param id what to call it
     * @param source as people type one: {@code hf.co/org/repo:Q4_K_M}, an address, or a form of {@link ModelRef}
     * @param name for people, null for the id
     * @param format null for {@code gguf}
     * @param architecture null when it is not said
     * @param quantization null when it is not said
     * @param licence null when it is not said
     * @param contextLength null when it is not said
     */
    public record Wanted(String id, String source, @Nullable String name, @Nullable String format,
            @Nullable String architecture, @Nullable String quantization, @Nullable String licence,
            @Nullable Integer contextLength) {}

    /**
     * Enters a model; the first download finds out what its files are.
     *
     * @throws RbeesException CONFLICT when the id is taken, INVALID_REQUEST when the source is none
     */
    public ModelEntry register(Wanted wanted) {
        Ids.require("id", wanted.id());
        if (catalog.all().find(wanted.id()).isPresent()) {
            throw new RbeesException(ErrorCode.CONFLICT, "model '" + wanted.id() + "' already exists");
        }
        ModelRef source = TypedReference.source(wanted.source()).orElseGet(() -> ModelRef.parse(wanted.source()));
        if (source instanceof ModelRef.Local) {
            throw RbeesException.invalid("source", "model_ref",
                    "a file of this machine is entered by: rbees-pool models import <path> --id " + wanted.id());
        }
        ModelReferences.requireWhole(source);
        CatalogModel model = new CatalogModel(wanted.id(), Optional.ofNullable(wanted.name()).orElse(wanted.id()),
                Optional.ofNullable(wanted.format()).orElse("gguf"), wanted.architecture(), wanted.quantization(),
                files(source), wanted.licence(), wanted.contextLength(), List.of(source.toString()));
        catalog.put(model);
        return store.entry(model);
    }

    private static List<ModelFile> files(ModelRef source) {
        return source instanceof ModelRef.HuggingFace file && PartName.of(file.file()).isEmpty()
                ? List.of(new ModelFile(file.file().replaceFirst("^.*/", ""), null, null, null, List.of()))
                : List.of();
    }

    /**
     * Takes a model out of the catalog; its files stay.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it is unknown, CONFLICT when it belongs to this version of rbees
     */
    public void unregister(String id) {
        catalog.all().require(id);
        if (!catalog.isOwn(id)) {
            throw new RbeesException(ErrorCode.CONFLICT, "model '" + id + "' belongs to this version of rbees, and stays;"
                    + " 'rbees-pool models delete " + id + "' takes its files away");
        }
        catalog.remove(id);
        store.forgetUnfinished(id);
    }
}

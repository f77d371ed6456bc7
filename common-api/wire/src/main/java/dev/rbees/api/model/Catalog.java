package dev.rbees.api.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.json.Json;

/**
 * The models that rbees knows by name.
 *
 * @param models in the order to show
 */
public record Catalog(List<CatalogModel> models) {

    public Catalog {
        models = List.copyOf(models);
    }

    /** The catalog that is built into this version. */
    public static Catalog builtIn() {
        try (InputStream in = Catalog.class.getResourceAsStream("catalog.json")) {
            if (in == null) {
                throw new IllegalStateException("catalog.json is missing from the jar");
            }
            return Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), Catalog.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<CatalogModel> find(String id) {
        return models.stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** @throws RbeesException MODEL_NOT_FOUND when it is not in the catalog */
    public CatalogModel require(String id) {
        Ids.require("model", id);
        return find(id).orElseThrow(() -> new RbeesException(ErrorCode.MODEL_NOT_FOUND, "no model '" + id
                + "' in the catalog" + Suggestion.sentence(id, models.stream().map(CatalogModel::id).toList())
                + "; 'rbees-pool models catalog' lists them"));
    }
}

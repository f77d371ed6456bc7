package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;

/**
 * The models that this machine knows: those of this version of rbees, and those of its own in {@code catalog.json}. One of its
 * own takes the place of one of the version with the same id.
 */
public final class LocalCatalog {

    private static final long LARGEST = 4 * 1024 * 1024;

    private final Path file;
    private final Catalog builtIn;

    public LocalCatalog(RbeesHome home, Catalog builtIn) {
        this.file = home.catalog();
        this.builtIn = builtIn;
    }

    /** Every model: first those of the version, then its own. */
    public Catalog all() {
        Map<String, CatalogModel> models = new LinkedHashMap<>();
        builtIn.models().forEach(model -> models.put(model.id(), model));
        own().models().forEach(model -> models.put(model.id(), model));
        return new Catalog(List.copyOf(models.values()));
    }

    /** Adds one of its own, or takes the place of the one with this id. */
    void put(CatalogModel model) {
        try (LockFile _ = lock()) {
            List<CatalogModel> models = without(model.id());
            models.add(model);
            write(models);
        }
    }

    /** Whether it is one of its own, and no mere entry of the version. */
    boolean isOwn(String id) {
        return own().find(id).isPresent();
    }

    /** Forgets one of its own, if there is one with this id. */
    void remove(String id) {
        try (LockFile _ = lock()) {
            if (own().find(id).isPresent()) {
                write(without(id));
            }
        }
    }

    private LockFile lock() {
        return LockFile.acquire(file.resolveSibling(".catalog.lock"), () -> {
        });
    }

    private List<CatalogModel> without(String id) {
        List<CatalogModel> models = new ArrayList<>(own().models());
        models.removeIf(model -> model.id().equals(id));
        return models;
    }

    private void write(List<CatalogModel> models) {
        AtomicFile.write(file, Json.writePretty(new Catalog(models)) + "\n");
    }

    private Catalog own() {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("too large");
            }
            return Json.read(Files.readString(file), Catalog.class);
        } catch (NoSuchFileException _) {
            return new Catalog(List.of());
        } catch (IOException | RbeesException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    file + " is no catalog of models; mend it, or move it away "
                            + "and import its models again",
                    e);
        }
    }
}

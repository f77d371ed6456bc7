package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;

/** Which models there are, and which of them lie complete and checked on this machine. */
public final class ModelStore {

    private final RbeesHome home;
    private final Catalog catalog;
    private final ModelsLock lock;

    public ModelStore(RbeesHome home, Catalog catalog) {
        this.home = home;
        this.catalog = catalog;
        this.lock = new ModelsLock(home.modelsLock());
    }

    /** Every model of the catalog. */
    public List<ModelEntry> known() {
        return catalog.models().stream().map(this::entry).toList();
    }

    /** The models that are on this machine. */
    public List<ModelEntry> downloaded() {
        return known().stream().filter(ModelEntry::downloaded).toList();
    }

    /**
     * A model that a worker can load.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it is unknown or not on this machine, with the command that helps
     */
    public ModelEntry requireDownloaded(String id) {
        ModelEntry entry = entry(catalog.require(id));
        if (!entry.downloaded()) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "model '" + id + "' is not on this machine"
                    + reason(catalog.require(id)) + "; run: rbees-pool models download " + id);
        }
        return entry;
    }

    ModelEntry entry(CatalogModel model) {
        boolean here = isComplete(model);
        return new ModelEntry(model.id(), model.name(), here, model.format(), model.architecture(), model.quantization(),
                model.sizeBytes(), model.sha256(), here ? file(model).toString() : null, model.sources().getFirst(),
                model.licence(), model.contextLength());
    }

    /** Where the model's file lies, or will lie. */
    Path file(CatalogModel model) {
        return home.model(model.id()).resolve(model.file());
    }

    /** Whether the file is there with the right size, and was found to have the right digest. */
    boolean isComplete(CatalogModel model) {
        return size(model) == model.sizeBytes() && lock.digest(lockName(model)).equals(Optional.of(model.sha256()));
    }

    /** Notes that the file under its final name has the catalog's digest. */
    void noteVerified(CatalogModel model) {
        lock.put(lockName(model), model.sha256());
    }

    /** Bytes of the model's file, -1 when there is none; a link is none, because its target can be exchanged. */
    long size(CatalogModel model) {
        try {
            var attributes = Files.readAttributes(file(model), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (NoSuchFileException _) {
            return -1;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + file(model), e);
        }
    }

    private String reason(CatalogModel model) {
        long size = size(model);
        if (size < 0) {
            return "";
        }
        if (size != model.sizeBytes()) {
            return " (its file has %d bytes instead of %d)".formatted(size, model.sizeBytes());
        }
        return lock.digest(lockName(model)).isEmpty()
                ? " (its file was never checked: models.lock does not name it)"
                : " (models.lock holds another digest than the catalog)";
    }

    private static String lockName(CatalogModel model) {
        return model.id() + "/" + model.file();
    }
}

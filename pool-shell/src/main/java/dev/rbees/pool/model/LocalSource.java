package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;
import dev.rbees.shell.render.ProgressLine;

/** A file or a folder of this machine. */
final class LocalSource implements ModelSource {

    private final Path path;
    private final DownloadLimits limits;
    private final ProgressLine progress;

    LocalSource(ModelRef.Local ref, DownloadLimits limits, ProgressLine progress) {
        this.path = Path.of(ref.path());
        this.limits = limits;
        this.progress = progress;
    }

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public Path fetch(CatalogModel model, ModelFile file, Path staging) throws SourceException {
        Path from = Files.isDirectory(path) ? path.resolve(file.name()) : path.resolveSibling(file.name());
        Path copy = staging.resolve("file-" + file.name().replace("/", "--") + ".part");
        try {
            limits.requireRoom(staging, file.sizeBytes());
            DigestedCopy copied = copy(from, copy, model.id(), file.sizeBytes());
            if (copied.bytes() != file.sizeBytes() || !copied.sha256().equals(file.sha256())) {
                throw new SourceException("it has changed since it was imported");
            }
            return copy;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot write " + copy + ": is the disk full, or the place not writable?", e);
        }
    }

    private DigestedCopy copy(Path from, Path to, String label, long size) throws IOException, SourceException {
        progress.begin(label, 0, Math.max(1, size));
        try (InputStream in = Files.newInputStream(from); OutputStream out = Files.newOutputStream(to)) {
            return DigestedCopy.of(in, out, size, progress::at);
        } catch (NoSuchFileException e) {
            throw new SourceException("it is no longer at " + from, e);
        } finally {
            progress.end();
        }
    }
}

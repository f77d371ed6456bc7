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
import dev.rbees.home.Sha256;
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
            copy(from, copy, model.id(), file.sizeBytes());
            if (Files.size(copy) != file.sizeBytes() || !Sha256.of(copy).equals(file.sha256())) {
                throw new SourceException("it has changed since it was imported");
            }
            return copy;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot write " + copy + ": is the disk full, or the place not writable?", e);
        }
    }

    private void copy(Path from, Path to, String label, long size) throws IOException, SourceException {
        byte[] buffer = new byte[1024 * 1024];
        progress.begin(label, 0, Math.max(1, size));
        try (InputStream in = Files.newInputStream(from); OutputStream out = Files.newOutputStream(to)) {
            long done = 0;
            for (int count = in.read(buffer); count >= 0 && done <= size; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                done += count;
                progress.at(Math.min(done, size));
            }
        } catch (NoSuchFileException e) {
            throw new SourceException("it is no longer at " + from, e);
        } finally {
            progress.end();
        }
    }
}

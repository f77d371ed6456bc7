package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.ModelFile;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.render.ProgressLine;

/** Copies files of this machine whose size and digest are known. */
final class LocalCopy {

    private final DownloadLimits limits;
    private final ProgressLine progress;

    LocalCopy(DownloadLimits limits, ProgressLine progress) {
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * Copies one.
     *
     * @param label what the progress line calls it
     * @param otherwise what to say when it has other bytes
     * @throws SourceException when it is not there, or is another file
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be written
     */
    void take(Path from, Path to, String label, ModelFile file, String otherwise) throws SourceException {
        Checksum checksum = Checksum.of(file);
        if (file.sizeBytes() == null || checksum.equals(Checksum.NONE)) {
            throw new SourceException("nobody knows what bytes it must have");
        }
        long size = file.sizeBytes();
        try {
            limits.requireRoom(RbeesHome.folderOf(to), size);
            DigestedCopy copied = copy(from, to, label, size);
            boolean right = file.sha256() == null ? checksum.matches(to) : copied.sha256().equals(file.sha256());
            if (copied.bytes() != size || !right) {
                Files.delete(to);
                throw new SourceException(otherwise);
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(to, e);
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

package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.ModelFile;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.RbeesHome;

/**
 * A file in an archive. Only this one member is read, into a name of ours, so names in the archive never become paths; and never
 * more of it than it must have, or says that it has.
 *
 * @param kind what people call the archive
 * @param archive a zip file
 * @param member path in it
 */
record ArchiveMember(String kind, Path archive, String member) {

    /**
     * Writes it out.
     *
     * @param known its size, {@link Wanted#UNKNOWN} for what the archive says
     * @throws SourceException when it is not there, or the archive is damaged
     * @throws RbeesException STORAGE_UNAVAILABLE when the disk has too little room or cannot be written
     */
    DigestedCopy writeTo(OutputStream out, Path target, long known, DownloadLimits limits) throws SourceException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(member);
            if (entry == null || entry.isDirectory()) {
                throw new SourceException(kind + " has no file " + member);
            }
            if (known == Wanted.UNKNOWN && entry.getSize() < 0) {
                throw new SourceException(kind + " does not tell how large " + member + " is");
            }
            long size = known == Wanted.UNKNOWN ? entry.getSize() : known;
            limits.requireRoom(RbeesHome.folderOf(target), size);
            return checked(copy(zip, entry, out, size), size);
        } catch (ZipException e) {
            throw new SourceException(kind + " is no intact zip file", e);
        } catch (IOException e) {
            throw AtomicFile.unwritable(target, e);
        }
    }

    private static DigestedCopy copy(ZipFile zip, ZipEntry entry, OutputStream out, long size) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return DigestedCopy.of(in, out, size, _ -> {
            });
        }
    }

    private DigestedCopy checked(DigestedCopy copied, long size) throws SourceException {
        if (copied.bytes() > size) {
            throw new SourceException("the file in " + its() + " is larger than the " + size + " bytes of the catalog");
        }
        if (copied.bytes() < size) {
            throw new SourceException("the file in %s has %d bytes instead of %d".formatted(its(), copied.bytes(), size));
        }
        return copied;
    }

    /**
     * Writes it out as a file of a model.
     *
     * @throws SourceException when it is not there, is not that file, or the archive is damaged
     * @throws RbeesException STORAGE_UNAVAILABLE when the disk has too little room or cannot be written
     */
    void extract(ModelFile file, Path target, DownloadLimits limits) throws SourceException {
        try (OutputStream out = Files.newOutputStream(target)) {
            long size = file.sizeBytes() == null ? Wanted.UNKNOWN : file.sizeBytes();
            require(writeTo(out, target, size, limits), file);
        } catch (IOException e) {
            throw AtomicFile.unwritable(target, e);
        }
    }

    private void require(DigestedCopy copied, ModelFile file) throws SourceException {
        if (file.sha256() != null && !copied.sha256().equals(file.sha256())) {
            throw new SourceException("the file in " + its() + " has another SHA-256 than the catalog");
        }
    }

    private String its() {
        return kind.replaceFirst("^the ", "its ");
    }
}

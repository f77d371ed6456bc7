package dev.rbees.pool.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.Sha256;

/**
 * Takes libraries out of a wheel. Only the last part of a name in it is used, and only when it is the name of a library that
 * is wanted, so no file lands anywhere else; what is not a library inside, as a link would not be, is refused.
 */
final class LibraryArchive {

    private static final int BUFFER = 256 * 1024;
    private static final int MOST_ENTRIES = 20_000;
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private final Path wheel;
    private final long largest;

    /**
     * @param wheel a zip file
     * @param largest bytes that all libraries out of it may have together
     */
    LibraryArchive(Path wheel, long largest) {
        this.wheel = wheel;
        this.largest = largest;
    }

    /**
     * Unpacks.
     *
     * @param libraries names of the files that are wanted
     * @param needed names of which none may be missing
     * @throws RbeesException CONFLICT when the wheel is not as it must be, STORAGE_UNAVAILABLE when the disk is full
     */
    List<LibraryFile> unpack(Pattern libraries, List<String> needed, Path folder) {
        List<LibraryFile> files = new ArrayList<>();
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            if (zip.size() > MOST_ENTRIES) {
                throw refused("it has more than " + MOST_ENTRIES + " entries");
            }
            long left = largest;
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (libraries.matcher(name).matches()) {
                    LibraryFile file = copy(zip, entry, folder.resolve(name), left);
                    left -= file.sizeBytes();
                    files.add(file);
                }
            }
        } catch (ZipException e) {
            throw refused("it is no intact zip file");
        } catch (IOException e) {
            throw AtomicFile.unwritable(folder, e);
        }
        TreeSet<String> missing = new TreeSet<>(needed);
        files.forEach(file -> missing.remove(file.name()));
        if (!missing.isEmpty()) {
            throw refused("it has no " + String.join(", ", missing));
        }
        return files;
    }

    private LibraryFile copy(ZipFile zip, ZipEntry entry, Path target, long left) throws IOException {
        MessageDigest digest = Sha256.start();
        long size = 0;
        try (InputStream in = zip.getInputStream(entry); OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.readNBytes(buffer, 0, BUFFER); count > 0; count = in.readNBytes(buffer, 0, BUFFER)) {
                if (size == 0 && !isLibrary(buffer, count)) {
                    throw refused(target.getFileName() + " in it is no library");
                }
                size += count;
                if (size > left) {
                    throw refused("its libraries are larger than " + largest + " bytes");
                }
                digest.update(buffer, 0, count);
                out.write(buffer, 0, count);
            }
        }
        if (size == 0) {
            throw refused(target.getFileName() + " in it is empty");
        }
        return new LibraryFile(target.getFileName().toString(), size, Sha256.hex(digest));
    }

    private static boolean isLibrary(byte[] bytes, int count) {
        return count > ELF.length && bytes[0] == ELF[0] && bytes[1] == ELF[1] && bytes[2] == ELF[2] && bytes[3] == ELF[3];
    }

    private RbeesException refused(String why) {
        return new RbeesException(ErrorCode.CONFLICT,
                "the package " + wheel.getFileName() + " is not as it must be: " + why);
    }
}

package dev.rbees.ctl.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * A file that goes into the archive.
 *
 * @param name in the archive, with slashes
 * @param path here; a regular file or a link
 */
record PackedFile(String name, Path path) {

    private static final int MOST = 20_000;

    /**
     * The files and links below a folder, sorted by name.
     *
     * @param prefix of their names in the archive
     * @param wanted says by the name below the folder whether a file or a whole folder is wanted
     * @throws RbeesException STORAGE_UNAVAILABLE when the folder cannot be read or holds more than any installation
     */
    static List<PackedFile> below(Path folder, String prefix, Predicate<String> wanted) {
        List<PackedFile> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) walk.sorted()::iterator) {
                String name = folder.relativize(path).toString().replace('\\', '/');
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && wanted.test(name)) {
                    files.add(new PackedFile(prefix + name, path));
                }
                if (files.size() > MOST) {
                    throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, folder + " holds more than " + MOST
                            + " files, so it is no installation of rbees");
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + folder, e);
        }
        return files;
    }

    boolean isLink() {
        return Files.isSymbolicLink(path);
    }

    /** What the link names, from its folder. */
    String target() throws IOException {
        return Files.readSymbolicLink(path).toString();
    }

    long size() throws IOException {
        return isLink() ? 0 : Files.size(path);
    }
}

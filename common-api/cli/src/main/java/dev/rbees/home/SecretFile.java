package dev.rbees.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** A file, or a folder, that its owner alone may use. */
public final class SecretFile {

    private static final Set<PosixFilePermission> FOREIGN = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private SecretFile() {}

    /**
     * Looks at its mode.
     *
     * @param what it is, for the message
     * @throws RbeesException FORBIDDEN when it cannot be read, or others may use it
     */
    public static void require(Path file, String what) {
        require(file, what, "0600");
    }

    /** The same for a folder. */
    public static void requireFolder(Path folder, String what) {
        require(folder, what, "0700");
    }

    private static void require(Path file, String what, String mode) {
        try {
            if (!Files.isReadable(file)) {
                throw refused(file, what, "cannot be read: is it there?");
            }
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
                if (found.stream().anyMatch(FOREIGN::contains)) {
                    throw refused(file, what, "can be used by other users (" + PosixFilePermissions.toString(found)
                            + "); run: chmod " + mode + " '" + file + "'");
                }
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.FORBIDDEN, what + " " + file + " cannot be read: is it there?", e);
        }
    }

    static RbeesException refused(Path file, String what, String why) {
        return new RbeesException(ErrorCode.FORBIDDEN, what + " " + file + " " + why);
    }
}

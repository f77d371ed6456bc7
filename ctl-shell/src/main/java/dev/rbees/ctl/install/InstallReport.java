package dev.rbees.ctl.install;

import org.jspecify.annotations.Nullable;

/**
 * What became of an installation.
 *
 * @param host the machine as it was named
 * @param version of the programs
 * @param digest short digest of all that is installed
 * @param runtime version and platform of the Java that was brought along, {@code none} for that of the machine
 * @param path the version's folder there
 * @param previous the version that was in use before, null for none
 * @param changed whether anything was done
 * @param aotCaches whether AOT caches were made there by this installation
 * @param bytesSent size of the archive, 0 when none was sent
 * @param seconds that it took
 */
public record InstallReport(String host, String version, String digest, String runtime, String path,
        @Nullable String previous, boolean changed, boolean aotCaches, long bytesSent, double seconds) {

    static InstallReport unchanged(String host, InstalledVersion installed, double seconds) {
        return new InstallReport(host, installed.version(), installed.digest(), installed.runtime(), installed.path(),
                installed.toString(), false, false, 0, seconds);
    }
}

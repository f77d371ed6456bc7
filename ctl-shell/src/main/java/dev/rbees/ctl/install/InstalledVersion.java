package dev.rbees.ctl.install;

/**
 * The version of rbees that a machine uses, as its installation wrote it down.
 *
 * @param version of the programs
 * @param digest short digest of all that was installed
 * @param runtime version and platform of the Java that was brought along, {@code none} for that of the machine
 * @param path its folder there
 */
public record InstalledVersion(String version, String digest, String runtime, String path) {

    /** As people are told: {@code 0.1.0-4f2a90c1d3be}. */
    @Override
    public String toString() {
        return version + "-" + digest;
    }
}

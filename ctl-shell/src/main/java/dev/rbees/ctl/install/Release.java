package dev.rbees.ctl.install;

/**
 * What is to be installed on a machine.
 *
 * @param version of the programs
 * @param digest short digest of all that is installed
 * @param runtime version and platform of the Java that is brought along, {@link #NO_RUNTIME} for none
 */
record Release(String version, String digest, String runtime) {

    static final String NO_RUNTIME = "none";

    /** As its folder is called. */
    String name() {
        return version + "-" + digest;
    }

    /** Whether a machine has just this. */
    boolean is(InstalledVersion installed) {
        return installed.version().equals(version) && installed.digest().equals(digest);
    }
}

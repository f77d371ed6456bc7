package dev.rbees.pool.model;

import java.net.URI;
import java.util.Map;

/**
 * A file that is to be downloaded.
 *
 * @param label what the progress line calls it
 * @param address where it is
 * @param headers to send along; those with credentials go to no other host
 * @param size bytes that it must have, {@link #UNKNOWN} when the server has to tell
 * @param checksum that it must have
 */
record Wanted(String label, URI address, Map<String, String> headers, long size, Checksum checksum) {

    /** A size that nobody knows. */
    static final long UNKNOWN = -1;

    Wanted {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "Wanted[" + label + ", " + size + " bytes]"; // why: the headers may hold a token
    }
}

package dev.rbees.pool.model;

import java.net.URI;
import java.util.Map;

/**
 * A file that is to be downloaded.
 *
 * @param label what the progress line calls it
 * @param address where it is
 * @param headers to send along
 * @param size bytes that it must have
 * @param sha256 digest that it must have, hex
 */
record Wanted(String label, URI address, Map<String, String> headers, long size, String sha256) {

    Wanted {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "Wanted[" + label + ", " + size + " bytes]"; // why: the headers may hold a token
    }
}

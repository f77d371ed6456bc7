package dev.rbees.pool.model;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.pool.model.HttpGet.Document;

/** The names of the files in a zip file of a server, read from the list at its end without the rest of it. */
final class RemoteZip {

    private static final int TAIL = 256 * 1024;
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;

    private RemoteZip() {}

    /** @throws SourceException when it cannot be had, or is no zip file with a short list */
    static List<String> names(HttpGet http, URI address, Map<String, String> headers, long size, DownloadLimits limits)
            throws SourceException, InterruptedException {
        long from = Math.max(0, size - TAIL);
        Map<String, String> asked = new HashMap<>(headers);
        asked.put("Range", "bytes=" + from + "-" + (size - 1));
        Document tail = http.document(address, asked, TAIL, limits);
        if (tail.status() != 206 && !(tail.status() == 200 && from == 0)) {
            throw new SourceException("HTTP " + tail.status());
        }
        return names(ByteBuffer.wrap(tail.body()).order(ByteOrder.LITTLE_ENDIAN), from);
    }

    /** Source: the ZIP file format specification, 4.3.12 and 4.3.16. */
    private static List<String> names(ByteBuffer tail, long from) throws SourceException {
        int end = tail.limit() - END_BYTES;
        while (end >= 0 && tail.getInt(end) != END) {
            end--;
        }
        long at = end < 0 ? -1 : Integer.toUnsignedLong(tail.getInt(end + 16)) - from;
        if (at < 0 || at > end) {
            throw new SourceException("it has no zip file with a short list of files");
        }
        List<String> names = new ArrayList<>();
        while (at + ENTRY_BYTES <= end && tail.getInt((int) at) == ENTRY) {
            int length = Short.toUnsignedInt(tail.getShort((int) at + 28));
            long next = at + ENTRY_BYTES + length + Short.toUnsignedInt(tail.getShort((int) at + 30))
                    + Short.toUnsignedInt(tail.getShort((int) at + 32));
            if (next > end) {
                throw new SourceException("its list of files is damaged");
            }
            byte[] name = new byte[length];
            tail.get((int) at + ENTRY_BYTES, name);
            names.add(new String(name, StandardCharsets.UTF_8));
            at = next;
        }
        return names;
    }
}

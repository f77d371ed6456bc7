package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes on what comes after the line of a {@link StartMarker} and drops what comes before it; the beginning of that is kept
 * for a message.
 */
final class MarkedOutput {

    private static final int KEPT = 4096;

    private final OutputStream sink;
    private final byte[] starts;
    private final byte[] absent;
    private final ByteArrayOutputStream dropped = new ByteArrayOutputStream();
    /** The end of what was dropped, in which the marker may have begun. */
    private byte[] tail = new byte[0];
    private boolean hasStarted;
    private boolean isAbsent;

    MarkedOutput(StartMarker marker, OutputStream sink) {
        this.sink = sink;
        this.starts = bytes(marker.line(StartMarker.STARTS));
        this.absent = bytes(marker.line(StartMarker.ABSENT));
    }

    private static byte[] bytes(String line) {
        return (line + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    void write(byte[] bytes, int count) throws IOException {
        if (hasStarted) {
            sink.write(bytes, 0, count);
            sink.flush();
            return;
        }
        byte[] seen = new byte[tail.length + count];
        System.arraycopy(tail, 0, seen, 0, tail.length);
        System.arraycopy(bytes, 0, seen, tail.length, count);
        dropped.write(bytes, 0, Math.min(count, KEPT - dropped.size()));
        int start = indexOf(seen, starts);
        if (start >= 0) {
            hasStarted = true;
            int from = start + starts.length;
            if (from < seen.length) {
                sink.write(seen, from, seen.length - from);
                sink.flush();
            }
            return;
        }
        isAbsent |= indexOf(seen, absent) >= 0;
        int kept = Math.min(seen.length, starts.length - 1);
        tail = new byte[kept];
        System.arraycopy(seen, seen.length - kept, tail, 0, kept);
    }

    private static int indexOf(byte[] text, byte[] word) {
        for (int at = 0; at + word.length <= text.length; at++) {
            int same = 0;
            while (same < word.length && text[at + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return at;
            }
        }
        return -1;
    }

    /** Whether the program got to start. */
    boolean hasStarted() {
        return hasStarted;
    }

    /** Whether our script said that there is no such program. */
    boolean isAbsent() {
        return isAbsent;
    }

    /** The first line with something in it that came instead of the marker, empty for none. */
    String firstLine() {
        return dropped.toString(StandardCharsets.UTF_8).lines().map(String::strip).filter(line -> !line.isEmpty())
                .findFirst().orElse("");
    }
}

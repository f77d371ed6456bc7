package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Empties the machine code for all cards but one in a CUDA library, so that it packs well for the way to a test machine. The
 * library keeps its size and layout: in each container the payloads of other cards become zeros, and the driver never looks at
 * them. Arguments: the library, where the result goes, the card's compute capability without its dot (90 for an H100).
 */
final class OneCard {

    private static final int MAGIC = 0xBA55ED50;
    private static final int HEADER = 16;
    private static final int ENTRY = 64;
    private static final int MACHINE_CODE = 2;

    private final ByteBuffer bytes;
    private final int card;
    private final Map<String, Long> seen = new TreeMap<>();
    private long emptied;

    private OneCard(byte[] bytes, int card) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.card = card;
    }

    public static void main(String[] args) throws IOException {
        OneCard library = new OneCard(Files.readAllBytes(Path.of(args[0])), Integer.parseInt(args[2]));
        library.emptyOthers();
        if (!library.seen.containsKey("sm_" + args[2])) {
            throw new IllegalArgumentException("the library has no code for sm_" + args[2] + ": " + library.seen);
        }
        Files.write(Path.of(args[1]), library.bytes.array());
        System.out.println(library.seen + "; emptied " + library.emptied + " of " + library.bytes.capacity() + " bytes");
    }

    private void emptyOthers() {
        for (int at = 0; at + HEADER <= bytes.capacity(); at += 4) {
            if (bytes.getInt(at) == MAGIC && bytes.getShort(at + 4) == 1 && bytes.getShort(at + 6) == HEADER) {
                long end = at + HEADER + bytes.getLong(at + 8);
                if (end > at && end <= bytes.capacity()) {
                    emptyOthers(at + HEADER, (int) end);
                    at = (int) end - 4;
                }
            }
        }
    }

    private void emptyOthers(int from, int end) {
        int entry = from;
        while (entry + ENTRY <= end) {
            int kind = bytes.getShort(entry);
            int header = bytes.getInt(entry + 4);
            long payload = bytes.getLong(entry + 8);
            int made = bytes.getInt(entry + 28);
            if ((kind != 1 && kind != MACHINE_CODE) || header < 48 || header > 1024 || payload < 0
                    || entry + header + payload > end) {
                return;
            }
            seen.merge((kind == 1 ? "ptx_" : "sm_") + made, payload, Long::sum);
            if (kind != MACHINE_CODE || made != card) {
                Arrays.fill(bytes.array(), entry + header, (int) (entry + header + payload), (byte) 0);
                emptied += payload;
            }
            entry += header + (int) payload;
        }
    }
}

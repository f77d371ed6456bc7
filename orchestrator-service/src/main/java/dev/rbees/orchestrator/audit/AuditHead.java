package dev.rbees.orchestrator.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the chain ends, in a file of its own, so that it is seen when lines are cut off. It is written after the lines are on the disk,
 * so it may be behind them, never ahead. Two places are written in turn: one is always whole. Audit thread.
 */
final class AuditHead implements AutoCloseable {

    static final String FILE = "head";
    private static final int PLACE_BYTES = 256;

    private final AuditKey key;
    private final FileChannel channel;
    private long turns;

    /**
     * What is known of the end.
     *
     * @param count lines in all
     * @param mac of the last
     */
    record Position(long count, String mac) {
        static final Position START = new Position(0, AuditEntry.GENESIS);

        private String text() {
            return count + " " + mac;
        }
    }

    private AuditHead(AuditKey key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    static AuditHead open(Path folder, AuditKey key) throws IOException {
        return new AuditHead(key, FileChannel.open(folder.resolve(FILE),
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    }

    /** Empty when there is no such file, or nothing in it was written by somebody with the key. */
    static Optional<Position> read(Path folder, AuditKey key) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        return Stream.of(0, PLACE_BYTES).map(start -> place(bytes, start, key)).flatMap(Optional::stream)
                .max(Comparator.comparingLong(Position::count));
    }

    private static Optional<Position> place(byte[] bytes, int start, AuditKey key) {
        if (bytes.length < start + PLACE_BYTES) {
            return Optional.empty();
        }
        String[] words = new String(bytes, start, PLACE_BYTES, StandardCharsets.US_ASCII).strip().split(" ", -1);
        if (words.length != 3 || !words[0].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        Position position = new Position(Long.parseLong(words[0]), words[1]);
        return key.mac("head|" + position.text()).equals(words[2]) ? Optional.of(position) : Optional.empty();
    }

    void write(Position position) throws IOException {
        String text = position.text() + " " + key.mac("head|" + position.text());
        ByteBuffer bytes = ByteBuffer.wrap((text + " ".repeat(PLACE_BYTES - 1 - text.length()) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
        channel.write(bytes, turns++ % 2 * PLACE_BYTES);
    }

    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.force(false);
        channel.close();
    }
}

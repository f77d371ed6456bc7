package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file that holds the constants of a graph. Places are reserved by one thread and may be filled by many. */
final class WeightsFile implements AutoCloseable {

    /** Places begin at multiples of this. */
    static final int ALIGNMENT = 64;

    private final FileChannel channel;
    private long end;

    private WeightsFile(FileChannel channel) {
        this.channel = channel;
    }

    static WeightsFile create(Path path) throws IOException {
        return new WeightsFile(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /**
     * Bytes of the file.
     *
     * @param offset of the first one
     * @param length how many
     */
    record Place(long offset, long length) {}

    Place reserve(long length) {
        long offset = Math.ceilDiv(end, (long) ALIGNMENT) * ALIGNMENT;
        end = offset + length;
        return new Place(offset, length);
    }

    /** Writes bytes into a place, beginning at {@code from} within it. */
    void write(Place place, long from, byte[] bytes) throws IOException {
        if (from + bytes.length > place.length()) {
            throw new IllegalArgumentException("more bytes than were reserved");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, place.offset() + from + buffer.position());
        }
    }

    long size() {
        return end;
    }

    /** Waits until everything is on disk. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

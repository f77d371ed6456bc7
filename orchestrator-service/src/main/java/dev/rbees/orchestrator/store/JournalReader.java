package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.events.LoggedEvent;

/**
 * Reads a file of the journal from its beginning, a record at a time. What is no whole record is passed over up to the next one that is,
 * and counted: a power cut may have lost the last records, and a disk may lose any.
 */
final class JournalReader implements AutoCloseable {

    private static final int WINDOW = 64 * 1024;
    /** A task, a sequence and a type of one character each, two spaces, and the end of the line. */
    private static final int SHORTEST = 6;
    private static final int LONGEST_LINE = 1_024;

    /**
     * A whole record.
     *
     * @param task whose
     * @param event of the task
     * @param bytes length in the file
     */
    record Entry(String task, LoggedEvent event, int bytes) {}

    private final RandomAccessFile file;
    private final long size;
    private final byte[] window = new byte[WINDOW];
    private long windowAt;
    private int windowLength;
    private long at;
    private long damaged;
    private boolean followed;

    JournalReader(Path path) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), "r");
        this.size = file.length();
    }

    /** The next whole record; null at the end. */
    @Nullable
    Entry next() throws IOException {
        for (; at < size; at++, damaged++) {
            Entry entry = entryAt(at);
            if (entry != null) {
                at += entry.bytes();
                followed |= damaged > 0;
                return entry;
            }
        }
        return null;
    }

    /** How many bytes so far belong to no whole record. */
    long damaged() {
        return damaged;
    }

    /** Whether whole records came after some that are not: no power cut has done that to a file that was on the disk before. */
    boolean damagedInside() {
        return followed;
    }

    private @Nullable Entry entryAt(long start) throws IOException {
        long room = size - start - JournalSegment.HEAD;
        if (room < SHORTEST) {
            return null;
        }
        int length = number(start);
        if (length < SHORTEST || length > JournalSegment.MAX_RECORD || length > room) {
            return null;
        }
        long text = start + JournalSegment.HEAD;
        int line = lineAt(text, Math.min(length, LONGEST_LINE));
        if (line < 0) {
            return null;
        }
        byte[] bytes = bytes(text, length);
        return JournalSegment.checksum(bytes) == number(start + Integer.BYTES) ? entry(bytes, line) : null;
    }

    private static @Nullable Entry entry(byte[] text, int line) {
        String[] head = new String(text, 0, line, StandardCharsets.UTF_8).split(" ", 3);
        try {
            String data = new String(text, line + 1, text.length - line - 1, StandardCharsets.UTF_8);
            return new Entry(head[0], new LoggedEvent(Long.parseLong(head[1]), head[2], data),
                    JournalSegment.HEAD + text.length);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * Where the first line of a record ends, if it looks like one: a word, a number and a word.
     *
     * <p>
     * why: before the checksum, which would be made of megabytes at any place of a damaged part that looks like a length.
     */
    private int lineAt(long text, int limit) throws IOException {
        int spaces = 0;
        for (int i = 0; i < limit; i++) {
            byte each = byteAt(text + i);
            if (each == '\n') {
                return spaces == 2 ? i : -1;
            }
            spaces += each == ' ' ? 1 : 0;
            boolean digit = each >= '0' && each <= '9';
            if ((each >= 0 && each < ' ') || (spaces == 1 && each != ' ' && !digit)) {
                return -1;
            }
        }
        return -1;
    }

    private int number(long start) throws IOException {
        int number = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            number = (number << Byte.SIZE) | (byteAt(start + i) & 0xff);
        }
        return number;
    }

    private byte byteAt(long position) throws IOException {
        if (position < windowAt || position >= windowAt + windowLength) {
            fill(position);
        }
        return window[(int) (position - windowAt)];
    }

    private byte[] bytes(long start, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (length > WINDOW) {
            file.seek(start);
            file.readFully(bytes);
            return bytes;
        }
        if (start < windowAt || start + length > windowAt + windowLength) {
            fill(start);
        }
        ByteBuffer.wrap(window).get((int) (start - windowAt), bytes);
        return bytes;
    }

    private void fill(long start) throws IOException {
        windowLength = 0;
        file.seek(start);
        int length = (int) Math.min(WINDOW, size - start);
        file.readFully(window, 0, length);
        windowAt = start;
        windowLength = length;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

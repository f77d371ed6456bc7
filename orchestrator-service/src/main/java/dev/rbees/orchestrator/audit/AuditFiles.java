package dev.rbees.orchestrator.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.audit.AuditHead.Position;

/** Reads the files of the audit log, and finds what was done to them. One line at a time is in memory. Blocks. */
public final class AuditFiles {

    private static final String PREFIX = "audit-";
    private static final int LONGEST_LINE = 1 << 20;

    /**
     * The log is whole.
     *
     * @param files of which it consists
     * @param lines in them
     */
    public record Verified(int files, long lines) {}

    /**
     * Where a chain ends.
     *
     * @param end number and MAC of its last line
     * @param lastFile number of the last file, 0 where there is none
     * @param bytesOfLastFile of whole lines
     */
    record Found(Position end, int lastFile, long bytesOfLastFile) {}

    private final AuditKey key;
    private final @Nullable Position head;
    private final BiConsumer<Long, AuditEntry> seen;
    /** Null until a first line says where the reading begins. */
    private @Nullable Position position;
    private boolean halfLine;

    private AuditFiles(AuditKey key, @Nullable Position begin, @Nullable Position head, BiConsumer<Long, AuditEntry> seen) {
        this.key = key;
        this.position = begin;
        this.head = head;
        this.seen = seen;
    }

    static String name(int number) {
        return PREFIX + "%06d.log".formatted(number);
    }

    /**
     * Reads everything.
     *
     * @param folder of the log
     * @throws RbeesException INVALID_REQUEST, which names the first line that was changed, is missing, or was cut off
     */
    public static Verified verify(Path folder, AuditKey key) throws IOException {
        List<Integer> files = numbers(folder);
        Found found = read(folder, key, files, Position.START, (_, _) -> {
        });
        return new Verified(files.size(), found.end().count());
    }

    /** Likewise, and shows every line. */
    static void read(Path folder, AuditKey key, BiConsumer<Long, AuditEntry> each) throws IOException {
        read(folder, key, numbers(folder), Position.START, each);
    }

    /** Reads the last two files; of two, because the last may be empty. */
    static Found end(Path folder, AuditKey key) throws IOException {
        List<Integer> files = numbers(folder);
        List<Integer> last = files.subList(Math.max(0, files.size() - 2), files.size());
        return read(folder, key, last, files.size() <= 2 ? Position.START : null, (_, _) -> {
        });
    }

    private static Found read(Path folder, AuditKey key, List<Integer> files, @Nullable Position begin,
            BiConsumer<Long, AuditEntry> each) throws IOException {
        Position head = AuditHead.read(folder, key).orElse(null);
        AuditFiles reader = new AuditFiles(key, begin, head, each);
        long bytes = 0;
        for (int number : files) {
            if (reader.halfLine) {
                throw changed("has half a line before " + name(number));
            }
            bytes = reader.lines(folder.resolve(name(number)));
        }
        Position end = reader.position == null ? Position.START : reader.position;
        if (head == null && (end.count() > 0 || Files.exists(folder.resolve(AuditHead.FILE)))) {
            throw changed("has lines, but nobody with its key says how many: the file head is missing or was changed");
        }
        if (head != null && end.count() < head.count()) {
            throw changed("was cut off after line " + end.count() + " of " + head.count());
        }
        return new Found(end, files.isEmpty() ? 0 : files.getLast(), bytes);
    }

    /** Bytes of the whole lines of a file. */
    private long lines(Path file) throws IOException {
        long whole = 0;
        long bytes = 0;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                bytes++;
                if (next == '\n') {
                    line(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                    whole = bytes;
                } else if (line.size() >= LONGEST_LINE) {
                    throw changed("has a line of more than " + LONGEST_LINE + " bytes in " + file.getFileName());
                } else {
                    line.write(next);
                }
            }
        }
        halfLine = bytes > whole;
        return whole;
    }

    private void line(String text) {
        Position before = position == null ? before(text) : position;
        AuditEntry entry = AuditEntry.check(key, text, before.count() + 1, before.mac());
        Position now = new Position(before.count() + 1, entry.mac());
        if (head != null && head.count() == now.count() && !head.equals(now)) {
            throw changed("was changed at " + entry.auditId() + ": the file head knows another line");
        }
        position = now;
        seen.accept(now.count(), entry);
    }

    /** What a first line says that it follows. */
    private static Position before(String text) {
        AuditEntry first = Json.read(text, AuditEntry.class);
        if (!first.auditId().matches(PREFIX + "[0-9a-f]{16}")) {
            throw changed("was changed: a file does not begin with a line");
        }
        return new Position(Long.parseLong(first.auditId().substring(PREFIX.length()), 16) - 1, first.prevMac());
    }

    private static RbeesException changed(String what) {
        return new RbeesException(ErrorCode.INVALID_REQUEST, "the audit log " + what);
    }

    private static List<Integer> numbers(Path folder) throws IOException {
        List<Integer> numbers;
        try (Stream<Path> files = Files.list(folder)) {
            numbers = files.map(file -> file.getFileName().toString()).filter(name -> name.matches("audit-\\d{6}\\.log"))
                    .map(name -> Integer.parseInt(name.substring(PREFIX.length(), PREFIX.length() + 6))).sorted().toList();
        }
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i) != i + 1) {
                throw changed("is not whole: " + name(i + 1) + " is missing");
            }
        }
        return numbers;
    }

    /** In the order of their days. */
    static Stream<Path> ofEarlierVersions(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".audit")).sorted().toList().stream();
        }
    }
}

package dev.rbees.shell.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * What a program in the background has written. When its log has become too large, the program moves it to a second file beside
 * the first, and begins anew. For one thread.
 */
public final class ProcessLog {

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int MOST_AT_ONCE = 1024 * 1024;

    private final Path file;
    private final BooleanSupplier goesOn;
    /** Bytes of the line that has not ended yet, each as one character. */
    private String rest = "";

    /** @param goesOn whether the program still runs */
    public ProcessLog(Path file, BooleanSupplier goesOn) {
        this.file = file;
        this.goesOn = goesOn;
    }

    /** The older part of a log. */
    public static Path before(Path log) {
        return log.resolveSibling(log.getFileName() + ".1");
    }

    /**
     * Shows the lines that there are, oldest first, and then those that are written until the program ends or the thread is
     * interrupted.
     *
     * @param last how many lines of those that there are, empty for all
     * @param follow whether to wait for more
     */
    public void show(Optional<Integer> last, boolean follow, Consumer<String> line) {
        Deque<String> kept = new ArrayDeque<>();
        Consumer<String> first = last.<Consumer<String>>map(count -> text -> {
            kept.addLast(text);
            if (kept.size() > count) {
                kept.removeFirst();
            }
        }).orElse(line);
        Path older = before(file);
        if (Files.exists(older)) {
            readToEnd(older, 0, first);
        }
        long at = readToEnd(file, 0, first);
        kept.forEach(line);
        boolean running = follow;
        while (running) {
            // why: asked before reading, so that the last words are read too
            running = goesOn.getAsBoolean() && paused();
            at = readToEnd(file, at, line);
        }
        if (!rest.isEmpty()) {
            line.accept(utf8(rest));
        }
    }

    /** Reads on, from the beginning when the file was cut meanwhile; gives the place that was reached. */
    private long readToEnd(Path part, long from, Consumer<String> line) {
        try (RandomAccessFile log = new RandomAccessFile(part.toFile(), "r")) {
            long at = from > log.length() ? 0 : from;
            log.seek(at);
            byte[] bytes = new byte[MOST_AT_ONCE];
            for (int read = log.read(bytes); read > 0; read = log.read(bytes)) {
                at += read;
                split(rest + new String(bytes, 0, read, StandardCharsets.ISO_8859_1), line);
            }
            return at;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + part, e);
        }
    }

    private void split(String text, Consumer<String> line) {
        int begin = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
            line.accept(utf8(text.substring(begin, end)));
            begin = end + 1;
        }
        rest = text.substring(begin);
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean paused() {
        try {
            Thread.sleep(LOOK);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package dev.rbees.ctl.install;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import dev.rbees.cli.Printable;

/**
 * What a script says: lines {@code @rbees <key> <value>} among whatever else the machine prints. Written by the thread that
 * reads the connection, read when the script has ended.
 */
final class ScriptAnswer extends OutputStream {

    private static final String MARK = "@rbees ";
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_LINES = 10_000;

    private final Consumer<String> onStage;
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private int lines;

    /** @param onStage hears each {@code stage} as it begins */
    ScriptAnswer(Consumer<String> onStage) {
        this.onStage = onStage;
    }

    @Override
    public synchronized void write(int b) {
        if (b != '\n') {
            if (length < LONGEST_LINE) {
                line[length++] = (byte) b;
            }
            return;
        }
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        length = 0;
        if (text.startsWith(MARK) && lines++ < MOST_LINES) {
            take(text.substring(MARK.length()));
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    private void take(String text) {
        int blank = text.indexOf(' ');
        String key = blank < 0 ? text : text.substring(0, blank);
        String value = blank < 0 ? "" : Printable.line(text.substring(blank + 1)).strip();
        values.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
        if (key.equals("stage")) {
            onStage.accept(value);
        }
    }

    synchronized List<String> all(String key) {
        return List.copyOf(values.getOrDefault(key, List.of()));
    }

    synchronized Optional<String> one(String key) {
        return all(key).stream().findFirst().filter(value -> !value.isEmpty());
    }

    synchronized String one(String key, String absent) {
        return one(key).orElse(absent);
    }
}

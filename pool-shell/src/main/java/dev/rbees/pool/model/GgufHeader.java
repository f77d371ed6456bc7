package dev.rbees.pool.model;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the head of a GGUF file tells of the model, for people who choose one. Whether the file can be run is found out by the
 * worker. Source: the GGUF specification, versions 2 and 3; all numbers are little-endian.
 */
final class GgufHeader {

    private static final String MAGIC = "GGUF";

    private static final long MOST_ENTRIES = 100_000;
    private static final long LONGEST_KEY = 64 * 1024;
    private static final long LONGEST_TEXT = 4096;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    /** Bytes of a value of each type; 0 for those that say it themselves. */
    private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    /** What the number {@code general.file_type} means. */
    private static final Map<Long, String> FILE_TYPES = Map.ofEntries(Map.entry(0L, "F32"), Map.entry(1L, "F16"),
            Map.entry(2L, "Q4_0"), Map.entry(3L, "Q4_1"), Map.entry(7L, "Q8_0"), Map.entry(8L, "Q5_0"),
            Map.entry(9L, "Q5_1"),
            Map.entry(10L, "Q2_K"), Map.entry(11L, "Q3_K_S"), Map.entry(12L, "Q3_K_M"), Map.entry(13L, "Q3_K_L"),
            Map.entry(14L, "Q4_K_S"), Map.entry(15L, "Q4_K_M"), Map.entry(16L, "Q5_K_S"), Map.entry(17L, "Q5_K_M"),
            Map.entry(18L, "Q6_K"), Map.entry(19L, "IQ2_XXS"), Map.entry(20L, "IQ2_XS"), Map.entry(21L, "Q2_K_S"),
            Map.entry(22L, "IQ3_XS"), Map.entry(23L, "IQ3_XXS"), Map.entry(24L, "IQ1_S"), Map.entry(25L, "IQ4_NL"),
            Map.entry(26L, "IQ3_S"), Map.entry(27L, "IQ3_M"), Map.entry(28L, "IQ2_S"), Map.entry(29L, "IQ2_M"),
            Map.entry(30L, "IQ4_XS"), Map.entry(31L, "IQ1_M"), Map.entry(32L, "BF16"), Map.entry(36L, "TQ1_0"),
            Map.entry(37L, "TQ2_0"));

    private final DataInputStream in;
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();

    private GgufHeader(InputStream in) throws IOException {
        this.in = new DataInputStream(in);
        if (!MAGIC.equals(new String(this.in.readNBytes(MAGIC.length()), StandardCharsets.ISO_8859_1))) {
            throw new IOException("no GGUF file");
        }
        int version = Integer.reverseBytes(this.in.readInt());
        if (version != 2 && version != 3) {
            throw new IOException("GGUF of version " + Integer.toUnsignedString(version) + ", and only 2 and 3 are known");
        }
        number(); // tensors
        long entries = number();
        if (entries < 0 || entries > MOST_ENTRIES) {
            throw new IOException("a GGUF file with a damaged head");
        }
        for (long i = 0; i < entries; i++) {
            readEntry(text(LONGEST_KEY));
        }
    }

    /** @throws IOException with what is wrong, when the head cannot be read */
    static GgufHeader of(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1024 * 1024)) {
            return new GgufHeader(in);
        }
    }

    @Nullable
    String name() {
        return texts.get("general.name");
    }

    @Nullable
    String architecture() {
        return texts.get("general.architecture");
    }

    @Nullable
    String licence() {
        return texts.get("general.license");
    }

    /** The weights' main encoding. */
    @Nullable
    String quantization() {
        Long type = numbers.get("general.file_type");
        return type == null ? null : FILE_TYPES.get(type);
    }

    @Nullable
    Integer contextLength() {
        Long length = numbers.get(architecture() + ".context_length");
        return length == null || length < 1 || length > Integer.MAX_VALUE ? null : length.intValue();
    }

    private void readEntry(String key) throws IOException {
        int type = Integer.reverseBytes(in.readInt());
        if (type == STRING && key.startsWith("general.")) {
            String text = text(Long.MAX_VALUE);
            texts.put(key, text.length() > LONGEST_TEXT ? "" : text);
        } else if (type == ARRAY) {
            skipArray();
        } else if (type == STRING) {
            in.skipNBytes(length(Long.MAX_VALUE));
        } else {
            numbers.put(key, whole(width(type)));
        }
    }

    private void skipArray() throws IOException {
        int type = Integer.reverseBytes(in.readInt());
        long count = length(Long.MAX_VALUE);
        if (type == ARRAY) {
            throw new IOException("a GGUF file with a list of lists in its head");
        }
        if (type != STRING) {
            in.skipNBytes(Math.multiplyExact(count, (long) width(type)));
            return;
        }
        for (long i = 0; i < count; i++) {
            in.skipNBytes(length(Long.MAX_VALUE));
        }
    }

    private static int width(int type) throws IOException {
        if (type < 0 || type >= WIDTHS.length || WIDTHS[type] == 0) {
            throw new IOException("a GGUF file with a value of an unknown kind in its head");
        }
        return WIDTHS[type];
    }

    /** The value's bits; fractions are of no interest here. */
    private long whole(int width) throws IOException {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (long) in.readUnsignedByte() << (8 * i);
        }
        return value;
    }

    private long number() throws IOException {
        return Long.reverseBytes(in.readLong());
    }

    private long length(long longest) throws IOException {
        long length = number();
        if (length < 0 || length > longest) {
            throw new IOException("a GGUF file with a damaged head");
        }
        return length;
    }

    private String text(long longest) throws IOException {
        // why: a length that lies must not take the memory
        byte[] bytes = in.readNBytes((int) length(Math.min(longest, 16 * 1024 * 1024)));
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

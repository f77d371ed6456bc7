package dev.rbees.worker.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * SentencePiece's compiled table of replacements: a double-array trie over UTF-8 whose leaves point at texts.
 *
 * <p>
 * Layout, little endian: the trie's size in bytes (u32), the trie (u32 each: bits 0–7 and 31 the label, bit 8 whether a
 * leaf follows, bit 9 whether the offset counts 256 units, bits 10–30 the offset), then texts that end with a zero.
 */
final class CharsMap {

    private static final Pattern CHARACTER = Pattern.compile("\\X");
    private static final int SHORT_CHARACTER = 6;

    private final int[] units;
    private final byte[] texts;

    /** @throws RbeesException MODEL_LOAD_FAILED when it is damaged */
    CharsMap(byte[] table) {
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int size = table.length < 8 ? -1 : bytes.getInt();
        if (size < 4 || size % 4 != 0 || size > bytes.remaining()) {
            throw ModelFault.of("the tokenizer's precompiled table of replacements is damaged");
        }
        units = new int[size / 4];
        bytes.asIntBuffer().get(units);
        texts = Arrays.copyOfRange(table, 4 + size, table.length);
    }

    /**
     * Replaces as SentencePiece does: at each place the longest entry of the table.
     *
     * @param text to rewrite
     */
    String replaceLongest(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(text.length());
        int plain = 0;
        for (int i = 0; i < utf8.length;) {
            long found = find(utf8, i, true);
            if (found < 0) {
                i++;
                while (i < utf8.length && (utf8[i] & 0xC0) == 0x80) {
                    i++;
                }
                continue;
            }
            out.append(new String(utf8, plain, i - plain, StandardCharsets.UTF_8)).append(textAt((int) found));
            i += (int) (found >>> 32);
            plain = i;
        }
        return out.append(new String(utf8, plain, utf8.length - plain, StandardCharsets.UTF_8)).toString();
    }

    /**
     * Replaces as the library does that reads {@code tokenizer.json}: a short user-perceived character as a whole if the
     * table has an entry with which it begins, and code points otherwise.
     */
    String replaceCharacters(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Matcher characters = CHARACTER.matcher(new BoundedText(text));
        while (BoundedText.find(characters)) {
            String character = characters.group();
            String replaced = character.getBytes(StandardCharsets.UTF_8).length < SHORT_CHARACTER
                    ? replacement(character)
                    : null;
            if (replaced != null) {
                out.append(replaced);
                continue;
            }
            character.codePoints().mapToObj(Character::toString).forEach(c -> {
                String other = replacement(c);
                out.append(other == null ? c : other);
            });
        }
        return out.toString();
    }

    private @Nullable String replacement(String character) {
        long found = find(character.getBytes(StandardCharsets.UTF_8), 0, false);
        return found < 0 ? null : textAt((int) found);
    }

    /** Bytes of the entry in the high half and where its text stands in the low half; −1 when there is none. */
    private long find(byte[] utf8, int from, boolean longest) {
        long found = -1;
        int node = offset(units[0]);
        for (int i = from; i < utf8.length && utf8[i] != 0; i++) {
            node ^= utf8[i] & 0xFF;
            if (node < 0 || node >= units.length || (units[node] & 0x800000FF) != (utf8[i] & 0xFF)) {
                return found;
            }
            int unit = units[node];
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1 && node >= 0 && node < units.length) {
                found = (long) (i + 1 - from) << 32 | (units[node] & 0x7FFFFFFF);
                if (!longest) {
                    return found;
                }
            }
        }
        return found;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private String textAt(int position) {
        int start = Math.min(position, texts.length);
        int end = start;
        while (end < texts.length && texts[end] != 0) {
            end++;
        }
        return new String(texts, start, end - start, StandardCharsets.UTF_8);
    }
}

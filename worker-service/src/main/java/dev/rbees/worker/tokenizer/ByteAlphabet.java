package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The alphabet in which byte-level vocabularies are written: one printable character for each of the 256 bytes. Printable
 * Latin-1 characters stand for themselves, the other bytes for U+0100, U+0101, … in order.
 */
final class ByteAlphabet {

    private static final char[] LETTERS = new char[256];
    private static final short[] BYTES = new short[512];

    static {
        Arrays.fill(BYTES, (short) -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            char letter = (char) (printable ? b : next++);
            LETTERS[b] = letter;
            BYTES[letter] = (short) b;
        }
    }

    private ByteAlphabet() {}

    static char letter(int b) {
        return LETTERS[b & 0xFF];
    }

    /** The UTF-8 of a text, written in the alphabet. */
    static String letters(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        char[] letters = new char[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            letters[i] = LETTERS[utf8[i] & 0xFF];
        }
        return new String(letters);
    }

    /** The bytes that a word of the alphabet stands for; characters outside it stand for their UTF-8. */
    static byte[] bytes(String word) {
        byte[] bytes = new byte[word.length() * 3];
        int count = 0;
        for (int i = 0; i < word.length();) {
            int c = word.codePointAt(i);
            i += Character.charCount(c);
            if (c < BYTES.length && BYTES[c] >= 0) {
                bytes[count++] = (byte) BYTES[c];
            } else {
                byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(utf8, 0, bytes, count, utf8.length);
                count += utf8.length;
            }
        }
        return Arrays.copyOf(bytes, count);
    }
}

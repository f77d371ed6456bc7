package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
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

    /** The bytes that a word of the alphabet stands for; characters outside it stand for their UTF-8. */
    static byte[] bytes(String word) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(word.length());
        word.codePoints().forEach(c -> {
            if (c < BYTES.length && BYTES[c] >= 0) {
                bytes.write(BYTES[c]);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}

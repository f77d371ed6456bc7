package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.List;

/** Writes ranges of characters as ranges of the bytes of their UTF-8. Source: RFC 3629. */
final class Utf8Ranges {

    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

    private Utf8Ranges() {}

    /** From the lowest to the highest byte, each 0 to 255. */
    record Octets(int from, int to) {}

    /** Sequences of one to four ranges; together they are exactly the characters from {@code from} to {@code to}. */
    static List<List<Octets>> of(int from, int to) {
        List<List<Octets>> sequences = new ArrayList<>();
        int first = from;
        for (int length = 1; length <= 4; length++) {
            int last = Math.min(to, LAST_OF_LENGTH[length - 1]);
            if (first <= last) {
                split(first, last, length, sequences);
                first = last + 1;
            }
        }
        return sequences;
    }

    /** Splits until each piece differs only in whole continuation bytes. */
    private static void split(int from, int to, int length, List<List<Octets>> sequences) {
        for (int i = 1; i < length; i++) {
            int low = (1 << (6 * i)) - 1;
            if ((from & ~low) != (to & ~low)) {
                if ((from & low) != 0) {
                    split(from, from | low, length, sequences);
                    split((from | low) + 1, to, length, sequences);
                    return;
                }
                if ((to & low) != low) {
                    split(from, (to & ~low) - 1, length, sequences);
                    split(to & ~low, to, length, sequences);
                    return;
                }
            }
        }
        List<Octets> sequence = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            sequence.add(new Octets(octet(from, length, i), octet(to, length, i)));
        }
        sequences.add(sequence);
    }

    private static int octet(int character, int length, int index) {
        int bits = character >> (6 * (length - 1 - index));
        if (index > 0) {
            return 0x80 | (bits & 0x3F);
        }
        return length == 1 ? bits : (0xFF00 >> length & 0xFF) | bits;
    }
}

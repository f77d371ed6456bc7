package dev.rbees.worker.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class Utf8RangesTest {

    private static boolean holds(List<List<Utf8Ranges.Octets>> sequences, int character) {
        byte[] bytes = Character.toString(character).getBytes(StandardCharsets.UTF_8);
        return sequences.stream().filter(sequence -> sequence.size() == bytes.length).anyMatch(sequence -> {
            for (int i = 0; i < bytes.length; i++) {
                int octet = bytes[i] & 0xFF;
                if (octet < sequence.get(i).from() || octet > sequence.get(i).to()) {
                    return false;
                }
            }
            return true;
        });
    }

    @Test
    void holdsExactlyTheCharactersOfTheRange() {
        int[] borders = {0, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
        Random random = new Random(1);
        for (int run = 0; run < 3000; run++) {
            int a = near(random, borders);
            int b = near(random, borders);
            // why: ranges with surrogates do not occur
            if (a <= b && (b < 0xD800 || a > 0xDFFF)) {
                List<List<Utf8Ranges.Octets>> sequences = Utf8Ranges.of(a, b);
                for (int i = 0; i < 20; i++) {
                    int c = near(random, new int[] {a, b, (a + b) / 2});
                    if (c < 0xD800 || c > 0xDFFF) {
                        assertThat(holds(sequences, c)).as("%x in %x..%x", c, a, b).isEqualTo(a <= c && c <= b);
                    }
                }
            }
        }
    }

    private static int near(Random random, int[] borders) {
        int c = borders[random.nextInt(borders.length)] + random.nextInt(-70, 71);
        return Math.clamp(c, 0, Character.MAX_CODE_POINT);
    }
}

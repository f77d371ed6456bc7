package dev.rbees.worker.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CharsMapTest {

    /** A table by hand: "A" becomes "a", "AB" becomes "xyz". */
    static byte[] table() {
        int[] units = new int[512];
        units[0] = 256 << 10;
        units[256 ^ 'A'] = 'A' | 1 << 8 | 1 << 10;
        int leaf = 256 ^ 'A' ^ 1;
        units[leaf] = 0x80000000;
        units[leaf ^ 'B'] = 'B' | 1 << 8 | 1 << 10;
        units[leaf ^ 'B' ^ 1] = 0x80000002;
        byte[] texts = "a\0xyz\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(4 + units.length * 4 + texts.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(units.length * 4);
        for (int unit : units) {
            bytes.putInt(unit);
        }
        return bytes.put(texts).array();
    }

    @Test
    void replacesTheLongestEntryAtEachPlace() {
        assertThat(new CharsMap(table()).replaceLongest("éAB日A.A")).isEqualTo("éxyz日a.a");
        assertThat(new CharsMap(table()).replaceLongest("")).isEmpty();
    }

    @Test
    void replacesCharactersAsTokenizerJsonMeansIt() {
        CharsMap map = new CharsMap(table());
        assertThat(map.replaceCharacters("AB日A")).isEqualTo("aB日a");
        assertThat(map.replaceCharacters("A\u0301")).as("a whole character that begins with an entry").isEqualTo("a");
    }

    @Test
    void refusesADamagedTable() {
        assertThatThrownBy(() -> new CharsMap(new byte[3])).hasMessageContaining("damaged");
        assertThatThrownBy(() -> new CharsMap(new byte[] {-1, -1, -1, 127, 0, 0, 0, 0})).hasMessageContaining("damaged");
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GgufHeaderTest {

    @TempDir
    Path folder;

    private GgufHeader read(byte[] bytes) throws IOException {
        return GgufHeader.of(Files.write(folder.resolve("x.gguf"), bytes));
    }

    @Test
    void tellsWhatPeopleChooseBy() throws Exception {
        GgufHeader head = read(GgufBytes.ofModel());

        assertThat(head.name()).isEqualTo("Tiny");
        assertThat(head.architecture()).isEqualTo("llama");
        assertThat(head.licence()).isEqualTo("apache-2.0");
        assertThat(head.quantization()).isEqualTo("Q4_K_M");
        assertThat(head.contextLength()).isEqualTo(2048);
    }

    @Test
    void whatIsNotThereIsNotMadeUp() throws Exception {
        GgufHeader head = read(new GgufBytes().text("general.architecture", "llama").number("general.file_type", 999)
                .number("llama.context_length", -1).toBytes());

        assertThat(head.name()).isNull();
        assertThat(head.quantization()).isNull();
        assertThat(head.contextLength()).isNull();
    }

    @Test
    void aHeadThatIsCutOffAnywhereIsRefused() {
        byte[] whole = GgufBytes.ofModel();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void lengthsThatLieTakeNoMemory() {
        byte[] lie = GgufBytes.ofModel();
        Arrays.fill(lie, 24, 32, (byte) 0x7f);

        assertThatThrownBy(() -> read(lie)).hasMessageContaining("damaged head");
        assertThatThrownBy(() -> read("GGUFxxxxxxxxxxxxxxxxxxxxxxxxx".getBytes(US_ASCII))).hasMessageContaining("version");
    }
}

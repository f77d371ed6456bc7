package dev.rbees.worker.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Utf8DecoderTest {

    @ParameterizedTest
    @ValueSource(strings = {"plain", "naïve é", "日本語", "👩‍👩‍👧🏳️‍🌈", "a\u0000b", "\uFFFD", "\uD7FF\uE000",
        "𐀀\uDBFF\uDFFF"})
    void givesTheTextWhereverItsBytesAreCut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Random random = new Random(1);
        for (int run = 0; run < 50; run++) {
            Utf8Decoder decoder = new Utf8Decoder();
            StringBuilder out = new StringBuilder();
            for (int at = 0; at < bytes.length;) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(3));
                String piece = decoder.accept(Arrays.copyOfRange(bytes, at, end));
                assertThat(text.startsWith(out + piece)).isTrue();
                out.append(piece);
                at = end;
            }
            assertThat(out).hasToString(text);
        }
    }

    @Test
    void holdsHalfACharacterBack() {
        Utf8Decoder decoder = new Utf8Decoder();
        assertThat(decoder.accept(bytes(0xE6, 0x97))).isEmpty();
        assertThat(decoder.accept(bytes(0xA5, 'x'))).isEqualTo("日x");
    }

    @Test
    void dropsBytesThatNeverBecomeACharacter() {
        Utf8Decoder decoder = new Utf8Decoder();
        assertThat(decoder.accept(bytes(0x80, 'a', 0xFF, 'b'))).isEqualTo("ab");
        assertThat(decoder.accept(bytes(0xE6, 0x97, 'c'))).isEqualTo("c");
        assertThat(decoder.accept(bytes(0xC0, 0xAF, 'd'))).as("overlong").isEqualTo("d");
        assertThat(decoder.accept(bytes(0xED, 0xA0, 0x80, 'e'))).as("surrogate").isEqualTo("e");
        assertThat(decoder.accept(bytes(0xF4, 0x90, 0x80, 0x80, 'f'))).as("beyond Unicode").isEqualTo("f");
        assertThat(decoder.accept(bytes(0xE6, 0xE6, 0x97, 0xA5))).as("a new start").isEqualTo("日");
    }

    @Test
    void makesOfNoiseWhatTheJdkMakesOfItWithoutItsMalformedParts() throws CharacterCodingException {
        Random random = new Random(7);
        Utf8Decoder decoder = new Utf8Decoder();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(4)];
            random.nextBytes(noise);
            all.writeBytes(noise);
            text.append(decoder.accept(noise));
        }
        assertThat(text).hasToString(StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.IGNORE)
                .decode(ByteBuffer.wrap(all.toByteArray())).toString());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}

package dev.rbees.ctl.host;

import java.io.ByteArrayOutputStream;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class HarmlessStreamTest {

    private static String through(byte[] bytes, int piece) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (HarmlessStream stream = new HarmlessStream(out)) {
            for (int i = 0; i < bytes.length; i += piece) {
                stream.write(bytes, i, Math.min(piece, bytes.length - i));
            }
        }
        return out.toString(UTF_8);
    }

    @Test
    void dropsControlCharactersAndKeepsEverythingElseHoweverItIsCut() throws Exception {
        byte[] bytes = "a\tb\n\u001b[31mrot\u0007\r\u007f \u009b2J é ¢ ✓ 👩‍👩‍👧 \u0085end".getBytes(UTF_8);

        for (int piece = 1; piece <= bytes.length; piece++) {
            assertThat(through(bytes, piece)).isEqualTo("a\tb\n[31mrot 2J é ¢ ✓ 👩‍👩‍👧 end");
        }
    }

    @Test
    void aByteThatIsNoUtf8DoesNotSwallowTheNext() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (HarmlessStream stream = new HarmlessStream(out)) {
            stream.write(new byte[] {(byte) 0xC2, 'a', (byte) 0xC2, 0x1b, (byte) 0xFF, 'b'}, 0, 6);
        }

        assertThat(out.toByteArray()).containsExactly(0xC2, 'a', 0xC2, 0xFF, 'b');
    }

    @Test
    void aLineMayBeBegunAnewWhereThatIsWanted() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (HarmlessStream stream = new HarmlessStream(out, true)) {
            stream.write("a\rb\u001b[1m".getBytes(UTF_8));
        }

        assertThat(out.toString(UTF_8)).isEqualTo("a\rb[1m");
    }
}

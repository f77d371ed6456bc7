package dev.rbees.worker.benchmark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OneCardTest {

    private static final int BEFORE = 100;
    private static final int HEADER = 64;
    private static final int PAYLOAD = 40;

    @TempDir
    Path folder;

    /** A container with machine code for two cards and code for a virtual one, each of one repeated byte, between other bytes. */
    private Path library() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(BEFORE + 16 + 3 * (HEADER + PAYLOAD) + BEFORE).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(bytes.array(), (byte) 7);
        bytes.position(BEFORE).putInt(0xBA55ED50).putShort((short) 1).putShort((short) 16).putLong(3 * (HEADER + PAYLOAD));
        int[][] entries = {{2, 80}, {2, 90}, {1, 90}};
        for (int[] entry : entries) {
            int at = bytes.position();
            bytes.putShort(at, (short) entry[0]).putInt(at + 4, HEADER).putLong(at + 8, PAYLOAD).putInt(at + 28, entry[1]);
            bytes.position(at + HEADER + PAYLOAD);
        }
        return Files.write(folder.resolve("lib.so"), bytes.array());
    }

    @Test
    void keepsTheCodeOfOneCardAndEveryOtherByteInItsPlace() throws Exception {
        Path library = library();
        byte[] before = Files.readAllBytes(library);

        OneCard.main(new String[] {library.toString(), folder.resolve("out.so").toString(), "90"});

        byte[] expected = before.clone();
        int first = BEFORE + 16 + HEADER;
        Arrays.fill(expected, first, first + PAYLOAD, (byte) 0);
        int third = first + 2 * (HEADER + PAYLOAD);
        Arrays.fill(expected, third, third + PAYLOAD, (byte) 0);
        assertThat(folder.resolve("out.so")).hasBinaryContent(expected);
    }

    @Test
    void aLibraryWithoutCodeForTheCardIsRefused() throws Exception {
        String library = library().toString();

        assertThatThrownBy(() -> OneCard.main(new String[] {library, folder.resolve("out.so").toString(), "75"}))
                .hasMessageContaining("no code for sm_75");
        assertThat(folder.resolve("out.so")).doesNotExist();
    }
}

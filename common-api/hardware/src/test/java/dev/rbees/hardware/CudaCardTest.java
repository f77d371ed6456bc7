package dev.rbees.hardware;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CudaCardTest {

    private static final long H100_FREE = 80_000_000_000L;
    private static final long T4_FREE = 15_000_000_000L;

    @TempDir
    Path folder;

    @Test
    void tellsTheFreeMemoryOfTheCardThatCudaMeans() throws Exception {
        String library = FakeNvml.withCards(folder);

        assertThat(new CudaCard(library, 0, Map.of()).freeBytes()).hasValue(H100_FREE);
        assertThat(new CudaCard(library, 1, Map.of()).freeBytes()).hasValue(T4_FREE);
        assertThat(new CudaCard(library, 7, Map.of()).freeBytes()).isEmpty();
        assertThat(visible(library, 0, "1,0")).hasValue(T4_FREE);
        assertThat(visible(library, 1, "1, 0")).hasValue(H100_FREE);
        assertThat(visible(library, 0, "GPU-bbbb")).hasValue(T4_FREE);
        assertThat(visible(library, 1, "1")).isEmpty();
        assertThat(visible(library, 0, "MIG-GPU-aaaa/1/0")).isEmpty();
    }

    private static OptionalLong visible(String library, int number, String devices) {
        return new CudaCard(library, number, Map.of("CUDA_VISIBLE_DEVICES", devices)).freeBytes();
    }

    @Test
    void nobodyTellsWithoutALibrary() {
        assertThat(new CudaCard("libno-such-library.so.1", 0, Map.of()).freeBytes()).isEmpty();
    }
}

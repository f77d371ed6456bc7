package dev.rbees.worker.lifecycle;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.api.worker.Backend;
import dev.rbees.hardware.CudaCard;

import static org.assertj.core.api.Assertions.assertThat;

class DeviceMemoryTest {

    /** A number that no machine's cards go up to, so that nobody can tell. */
    private static final CudaCard NO_CARD = new CudaCard(250, Map.of());

    @Test
    void theMemoryOfTheMachineIsNotThatOfACard() {
        assertThat(DeviceMemory.of(Backend.CUDA, NO_CARD).freeBytes()).isNull();
        assertThat(DeviceMemory.of(Backend.CPU, NO_CARD).freeBytes()).isPositive();
    }
}

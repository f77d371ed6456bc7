package dev.rbees.worker.lifecycle;

import java.util.OptionalLong;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.Backend;
import dev.rbees.hardware.CudaCard;
import dev.rbees.hardware.MachineMemory;

/** How much memory is free where a worker computes: on its card, or else on the machine, which the others share. */
final class DeviceMemory {

    private final Supplier<OptionalLong> free;

    private DeviceMemory(Supplier<OptionalLong> free) {
        this.free = free;
    }

    /** @param card which is asked for CUDA */
    static DeviceMemory of(Backend backend, CudaCard card) {
        return new DeviceMemory(switch (backend) {
            case CUDA -> card::freeBytes;
            case CPU, COREML, WEBGPU -> () -> OptionalLong.of(MachineMemory.available());
        });
    }

    /** Bytes; null when nobody tells. */
    @Nullable
    Long freeBytes() {
        OptionalLong bytes = free.get();
        return bytes.isPresent() ? bytes.getAsLong() : null;
    }
}

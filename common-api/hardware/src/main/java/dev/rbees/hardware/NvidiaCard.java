package dev.rbees.hardware;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolStatus.Gpu;

/**
 * A card as NVIDIA's management library knows it.
 *
 * @param gpu what everybody may know
 * @param uuid by which {@code CUDA_VISIBLE_DEVICES} may name it, empty when it does not tell
 */
record NvidiaCard(Gpu gpu, String uuid) {

    private static final int LONGEST_NAME = 256;
    private static final long MOST_MEMORY = 1L << 40;

    /** A card with values that can be true; null for any other. */
    static @Nullable NvidiaCard of(int index, String name, long total, long free, @Nullable String capability, String uuid) {
        boolean sound = index >= 0 && !name.isBlank() && name.length() <= LONGEST_NAME && total > 0 && total <= MOST_MEMORY
                && free <= total;
        return sound
                ? new NvidiaCard(new Gpu(index, name.strip(), total, free < 0 ? null : free, capability), uuid)
                : null;
    }
}

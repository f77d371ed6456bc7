package dev.rbees.orchestrator.placement;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.Backend;

/**
 * What a worker may compute on: a pool's processor, or one of its cards. Each has memory of its own.
 *
 * @param pool id of the pool
 * @param backend what computes
 * @param gpu number of the card, for CUDA
 */
public record Site(String pool, Backend backend, @Nullable Integer gpu) {

    /** A pool's processor. */
    public static Site processor(String pool) {
        return new Site(pool, Backend.CPU, null);
    }

    /** A pool's NVIDIA card of this number. */
    public static Site card(String pool, int number) {
        return new Site(pool, Backend.CUDA, number);
    }

    boolean isCard() {
        return gpu != null;
    }

    /** Such as {@code cellar/cpu} or {@code desk/cuda:0}. */
    @Override
    public String toString() {
        return pool + "/" + backend.wireName() + (gpu == null ? "" : ":" + gpu);
    }
}

package dev.rbees.api.pool;

import org.jspecify.annotations.Nullable;

/**
 * A model as {@code models list} and {@code models catalog} show it.
 *
 * @param id what other commands call it
 * @param name for people
 * @param downloaded whether its file lies complete on this machine
 * @param format {@code gguf} and the like
 * @param architecture {@code llama} and the like
 * @param quantization the weights' main encoding
 * @param sizeBytes of the file
 * @param sha256 of the file, hex
 * @param path of the file, when downloaded
 * @param source where it came from, or would come from
 * @param licence SPDX id
 * @param contextLength positions the model was made for
 */
public record ModelEntry(String id, String name, boolean downloaded, String format, @Nullable String architecture,
        @Nullable String quantization, long sizeBytes, @Nullable String sha256, @Nullable String path,
        @Nullable String source, @Nullable String licence, @Nullable Integer contextLength) {}

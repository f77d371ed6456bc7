package dev.rbees.api.pool;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.model.DigestOrigin;

/**
 * A model as {@code models list} and {@code models catalog} show it.
 *
 * @param id what other commands call it
 * @param name for people
 * @param downloaded whether its file lies complete on this machine
 * @param format {@code gguf} and the like
 * @param architecture {@code llama} and the like
 * @param quantization the weights' main encoding
 * @param sizeBytes of its files, about where it is not known exactly; 0 when nobody knows
 * @param sha256 of the file, or of several together, hex; null until the first download tells it
 * @param path of the file or folder, when downloaded
 * @param source where it came from, or would come from
 * @param licence SPDX id
 * @param contextLength positions the model was made for
 * @param memoryBytes that a worker takes for it, about; null when nobody knows
 * @param digestOrigin who says that the digest is the right one; null while it is not known
 */
public record ModelEntry(String id, String name, boolean downloaded, String format, @Nullable String architecture,
        @Nullable String quantization, long sizeBytes, @Nullable String sha256, @Nullable String path,
        @Nullable String source, @Nullable String licence, @Nullable Integer contextLength,
        @Nullable Long memoryBytes, @Nullable DigestOrigin digestOrigin) {

    /** A model whose digest is that of the catalog. */
    public ModelEntry(String id, String name, boolean downloaded, String format, @Nullable String architecture,
            @Nullable String quantization, long sizeBytes, @Nullable String sha256, @Nullable String path,
            @Nullable String source, @Nullable String licence, @Nullable Integer contextLength) {
        this(id, name, downloaded, format, architecture, quantization, sizeBytes, sha256, path, source, licence,
                contextLength, null, DigestOrigin.CATALOG);
    }
}

package dev.rbees.api.model;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.error.RbeesException;

/**
 * A model that can be had by its id. Sizes and digests of its files are fixed, so every source gives the same bytes.
 *
 * @param id what commands and requests call it
 * @param name for people
 * @param format {@code gguf}, {@code safetensors} or {@code onnx}
 * @param architecture {@code llama} and the like, null when nobody knows
 * @param quantization the weights' main encoding, null when nobody knows
 * @param files at least one
 * @param licence SPDX id, null when nobody knows
 * @param contextLength positions the model was made for, null when nobody knows
 * @param sources where it can be had, in the order to try
 */
public record CatalogModel(String id, String name, String format, @Nullable String architecture,
        @Nullable String quantization, List<ModelFile> files, @Nullable String licence, @Nullable Integer contextLength,
        List<String> sources) {

    public CatalogModel {
        Ids.require("id", id);
        files = List.copyOf(files);
        sources = List.copyOf(sources);
        if (files.isEmpty() || sources.isEmpty()) {
            throw RbeesException.invalid("files", "size", "a model has at least one file and one source");
        }
        sources.forEach(ModelRef::parse);
    }

    public List<ModelRef> refs() {
        return sources.stream().map(ModelRef::parse).toList();
    }

    /** Bytes of all its files. */
    public long sizeBytes() {
        return files.stream().mapToLong(ModelFile::sizeBytes).sum();
    }

    /** The digests of its files, hex, by their names. */
    public SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        files.forEach(file -> digests.put(file.name(), file.sha256()));
        return digests;
    }
}

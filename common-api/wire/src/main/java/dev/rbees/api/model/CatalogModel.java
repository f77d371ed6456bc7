package dev.rbees.api.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

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

    /** Hex SHA-256 of its file; of several, that of the lines {@code <digest>  <name>}, sorted by name. */
    public String digest() {
        if (files.size() == 1) {
            return files.getFirst().sha256();
        }
        String lines = files.stream().sorted(Comparator.comparing(ModelFile::name))
                .map(file -> file.sha256() + "  " + file.name() + "\n").collect(Collectors.joining());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

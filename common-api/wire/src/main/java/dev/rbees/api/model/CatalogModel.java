package dev.rbees.api.model;

import java.util.List;

import dev.rbees.api.Ids;

/**
 * A model that can be downloaded by its id. File size and digest are fixed, so every source gives the same bytes.
 *
 * @param id what commands and requests call it
 * @param name for people
 * @param format {@code gguf}
 * @param architecture {@code llama} and the like
 * @param quantization the weights' main encoding
 * @param file name of the file
 * @param sizeBytes of the file
 * @param sha256 of the file, hex
 * @param licence SPDX id
 * @param contextLength positions the model was made for
 * @param sources where it can be had, in the order to try
 */
public record CatalogModel(String id, String name, String format, String architecture, String quantization, String file,
        long sizeBytes, String sha256, String licence, int contextLength, List<String> sources) {

    public CatalogModel {
        Ids.require("id", id);
        sources = List.copyOf(sources);
        sources.forEach(ModelRef::parse);
    }

    public List<ModelRef> refs() {
        return sources.stream().map(ModelRef::parse).toList();
    }
}

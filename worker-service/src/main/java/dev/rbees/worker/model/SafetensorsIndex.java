package dev.rbees.worker.model;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/**
 * What a folder says of its weights where they are several files: it tells a folder that is whole from one whose download ended
 * early.
 *
 * @param files the name of the file of each tensor, under the names that the files have for them
 */
record SafetensorsIndex(Map<String, String> files) {

    private static final String FILE = "model.safetensors.index.json";
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    /** @throws RbeesException MODEL_LOAD_FAILED when it is there but damaged */
    static Optional<SafetensorsIndex> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!ModelFile.isThere(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(Json.readTree(ModelFile.bytes(file, MAX_BYTES)).path("weight_map")));
        } catch (RbeesException e) {
            throw ModelFault.is(e) ? e : damaged();
        }
    }

    private static SafetensorsIndex of(JsonNode map) {
        if (!map.isObject()) {
            throw damaged();
        }
        Map<String, String> files = new HashMap<>();
        for (var place : map.properties()) {
            if (!place.getValue().isString()) {
                throw damaged();
            }
            files.put(place.getKey(), place.getValue().asString());
        }
        return new SafetensorsIndex(files);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when a file is not among these */
    void requireFiles(Set<String> there) {
        files.values().stream().filter(file -> !there.contains(file)).sorted().findFirst().ifPresent(missing -> {
            throw ModelFault.missing(missing);
        });
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when a tensor that a decoder uses is not among these */
    void requireTensors(Architecture architecture, Set<String> there) {
        files.keySet().stream().filter(name -> TransformersNames.toGguf(architecture, name).isPresent())
                .filter(name -> !there.contains(name)).sorted().findFirst().ifPresent(missing -> {
                    throw ModelFault.of("the model's " + FILE + " says that the tensor " + missing + " is in "
                            + files.get(missing) + ", but it is nowhere; download or copy the model again");
                });
    }

    private static RbeesException damaged() {
        return ModelFault
                .of("the model's " + FILE + " is damaged: it does not say which tensor is in which file; download or"
                        + " copy it again");
    }
}

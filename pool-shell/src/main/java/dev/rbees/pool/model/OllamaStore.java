package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.model.ModelFile;
import dev.rbees.api.model.ModelRef;

/**
 * The models that Ollama keeps on this machine: {@code manifests/<host>/<namespace>/<name>/<tag>} name the layers, and
 * {@code blobs/sha256-<hex>} are those.
 *
 * @param roots where it may be, in the order to look
 */
record OllamaStore(List<Path> roots) {

    private static final long LARGEST_MANIFEST = 1024 * 1024;
    private static final String WEIGHTS = "application/vnd.ollama.image.model";
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

    OllamaStore {
        roots = List.copyOf(roots);
    }

    /** {@code OLLAMA_MODELS}, or where its program and its service keep them. */
    static OllamaStore of(Map<String, String> environment, Path userHome) {
        String configured = environment.getOrDefault("OLLAMA_MODELS", "").strip();
        return new OllamaStore(configured.isEmpty()
                ? List.of(userHome.resolve(".ollama/models"), Path.of("/usr/share/ollama/.ollama/models"))
                : List.of(Path.of(configured)));
    }

    /**
     * The weights of a model.
     *
     * @throws SourceException when it is not there, or has none
     */
    ModelFile weights(ModelRef.Ollama ref) throws SourceException {
        List<ModelFile> found = new ArrayList<>();
        for (JsonNode layer : manifest(ref).path("layers")) {
            Matcher digest = DIGEST.matcher(layer.path("digest").asString(""));
            if (layer.path("mediaType").asString("").equals(WEIGHTS)) {
                if (!digest.matches() || layer.path("size").asLong(0) <= 0) {
                    throw new SourceException("its record of " + ref.name() + ":" + ref.tag() + " is damaged");
                }
                String name = ref.name().substring(ref.name().lastIndexOf('/') + 1) + "-" + ref.tag() + ".gguf";
                found.add(new ModelFile(name, layer.path("size").asLong(), digest.group(1)));
            }
        }
        if (found.size() != 1) {
            throw new SourceException(ErrorCode.MODEL_NOT_FOUND,
                    ref.name() + ":" + ref.tag() + " has " + found.size() + " files of weights, and only one is supported");
        }
        return found.getFirst();
    }

    private JsonNode manifest(ModelRef.Ollama ref) throws SourceException {
        String[] names = ref.name().split("/", -1);
        String path = switch (names.length) {
            case 1 -> "registry.ollama.ai/library/" + ref.name();
            case 2 -> "registry.ollama.ai/" + ref.name();
            default -> ref.name();
        };
        for (Path root : roots) {
            Path file = root.resolve("manifests").resolve(path).resolve(ref.tag());
            try {
                if (Files.isRegularFile(file) && Files.size(file) <= LARGEST_MANIFEST) {
                    return Json.readTree(Files.readAllBytes(file));
                }
            } catch (IOException | RbeesException e) {
                throw new SourceException("its record of " + ref.name() + ":" + ref.tag() + " cannot be read", e);
            }
        }
        throw new SourceException(ErrorCode.MODEL_NOT_FOUND, "it has no " + ref.name() + ":" + ref.tag() + " in "
                + String.join(" or ", roots.stream().map(Path::toString).toList()) + "; run: ollama pull " + ref.name() + ":"
                + ref.tag());
    }

    /** @throws SourceException when there is no regular file of this digest */
    Path blob(String sha256) throws SourceException {
        for (Path root : roots) {
            Path file = root.resolve("blobs").resolve("sha256-" + sha256);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return file;
            }
        }
        throw new SourceException(ErrorCode.MODEL_NOT_FOUND, "its file of the weights is missing; pull the model again");
    }
}

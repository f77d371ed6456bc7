package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.Sha256;
import dev.rbees.worker.model.DecoderShape;

/**
 * A model in the form that ONNX Runtime loads: a folder with graph, weights, tokenizer and this description.
 *
 * @param folder where it lies
 * @param description what is in it
 */
public record ImportedModel(Path folder, Description description) {

    /** The file names in the folder. */
    static final String GRAPH = "model.onnx";
    static final String LONG_GRAPH = "model-long.onnx";
    static final String WEIGHTS = "weights.bin";
    static final String TOKENIZER = "tokenizer.bin";
    private static final String DESCRIPTION = "model.json";

    /**
     * @param layout version of our folders; another one is imported anew
     * @param sourceDigest digest of the source, in hex
     * @param shape dimensions
     * @param encoding the encoding that most of the source's weights have
     * @param weightsBytes size of the weights file
     * @param digests hex SHA-256 of the other files by their names
     * @param chatTemplate the model's own template for conversations, if it has one
     * @param bosToken text of the token that begins a text, if there is one
     * @param eosToken text of the token that ends one, if there is one
     * @param endIds ids that end an answer
     * @param warnings what is doubtful about its texts, a sentence each
     */
    public record Description(int layout, String sourceDigest, DecoderShape shape, String encoding, long weightsBytes,
            Map<String, String> digests, @Nullable String chatTemplate, @Nullable String bosToken, @Nullable String eosToken,
            List<Integer> endIds, List<String> warnings) {}

    /** Version of the folder's layout and of the way weights are packed. */
    static final int LAYOUT = 6;

    /** What lies complete in the folder, if it was made by this version. */
    static Optional<ImportedModel> find(Path folder) {
        try {
            Description description = Json.read(Files.readString(folder.resolve(DESCRIPTION)), Description.class);
            boolean whole = description.layout() == LAYOUT && description.digests().equals(digests(folder))
                    && Files.size(folder.resolve(WEIGHTS)) == description.weightsBytes();
            return whole ? Optional.of(new ImportedModel(folder, description)) : Optional.empty();
        } catch (IOException | RbeesException e) {
            return Optional.empty();
        }
    }

    /** The digests of all files in the folder that a damaged disk could change unnoticed, but for the weights. */
    static Map<String, String> digests(Path folder) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String name : List.of(GRAPH, LONG_GRAPH, TOKENIZER)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                digests.put(name, Sha256.of(file));
            }
        }
        return digests;
    }

    void save() throws IOException {
        Files.writeString(folder.resolve(DESCRIPTION), Json.writePretty(description));
    }

    /** Positions the model was made for. */
    public int contextLength() {
        return description.shape().contextLength();
    }

    /** The graph for contexts of so many positions. */
    public Path graph(int positions) {
        int shortContext = description.shape().attention().rotary().shortContext();
        return folder.resolve(shortContext > 0 && positions > shortContext ? LONG_GRAPH : GRAPH);
    }

    public Path weights() {
        return folder.resolve(WEIGHTS);
    }

    public Path tokenizer() {
        return folder.resolve(TOKENIZER);
    }
}

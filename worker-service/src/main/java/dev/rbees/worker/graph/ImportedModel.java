package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
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
     * @param chatTemplate the model's own template for conversations, if it has one
     * @param bosToken text of the token that begins a text, if there is one
     * @param eosToken text of the token that ends one, if there is one
     * @param endIds ids that end an answer
     */
    public record Description(int layout, String sourceDigest, DecoderShape shape, String encoding, long weightsBytes,
            @Nullable String chatTemplate, @Nullable String bosToken, @Nullable String eosToken, List<Integer> endIds) {}

    /** Version of the folder's layout and of the way weights are packed. */
    static final int LAYOUT = 3;

    /** What lies complete in the folder, if it was made by this version. */
    static Optional<ImportedModel> find(Path folder) {
        try {
            Description description = Json.read(Files.readString(folder.resolve(DESCRIPTION)), Description.class);
            boolean whole = description.layout() == LAYOUT && Files.isRegularFile(folder.resolve(GRAPH))
                    && Files.isRegularFile(folder.resolve(TOKENIZER))
                    && Files.size(folder.resolve(WEIGHTS)) == description.weightsBytes();
            return whole ? Optional.of(new ImportedModel(folder, description)) : Optional.empty();
        } catch (IOException | RbeesException e) {
            return Optional.empty();
        }
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

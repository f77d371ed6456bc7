package dev.rbees.worker.onnx;

import java.nio.file.Path;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.model.ModelFault;

/**
 * A decoder that was exported to ONNX for the transformers library, in the layout of model hubs, checked but not yet loaded.
 *
 * @param files what was checked: the graph that is to be loaded, and the folder with what describes it
 * @param layers transformer blocks
 * @param kvHeads key and value heads
 * @param headSize numbers per head
 * @param vocabulary ids
 * @param contextLength positions it was made for
 * @param description name of the file that says so
 * @param names of the graph's inputs and outputs
 */
public record ExportedModel(ExportedFolder files, int layers, int kvHeads, int headSize, int vocabulary,
        int contextLength, String description, GraphNames names) {

    private static final int MAX_WIDTH = 1 << 17;
    private static final int MAX_LAYERS = 1024;
    private static final int MAX_HEADS = 1024;
    private static final int MAX_HEAD_SIZE = 1024;
    private static final int MAX_VOCABULARY = 1 << 24;
    private static final int MAX_CONTEXT = 1 << 24;

    /** Whether this is a place with an ONNX graph, of a decoder or an embedding model. */
    public static boolean isAt(Path path) {
        return ExportedFolder.isAt(path);
    }

    /**
     * Checks and reads what is in the folder.
     *
     * @param path the folder, or one of the graphs in it
     * @throws RbeesException MODEL_LOAD_FAILED when something is missing, damaged, or reaches beyond the folder
     */
    public static ExportedModel open(Path path) {
        ExportedFolder files = ExportedFolder.open(path);
        return files.genai().map(genai -> ofGenai(files, genai)).orElseGet(() -> ofTransformers(files));
    }

    private static ExportedModel ofGenai(ExportedFolder files, GenaiConfig genai) {
        ExportedJson decoder = genai.decoder();
        int heads = decoder.requireInteger(1, MAX_HEADS, "num_attention_heads");
        return new ExportedModel(files, decoder.requireInteger(1, MAX_LAYERS, "num_hidden_layers"),
                decoder.integer(1, heads, "num_key_value_heads").orElse(heads),
                decoder.integer(1, MAX_HEAD_SIZE, "head_size")
                        .orElseGet(() -> decoder.requireInteger(1, MAX_WIDTH, "hidden_size") / heads),
                genai.model().requireInteger(1, MAX_VOCABULARY, "vocab_size"),
                genai.model().requireInteger(2, MAX_CONTEXT, "context_length"), GenaiConfig.FILE, genai.names());
    }

    private static ExportedModel ofTransformers(ExportedFolder files) {
        ExportedJson config = files.json(ExportedJson.CONFIG)
                .orElseThrow(() -> ModelFault.of("the folder " + files.folder().getFileName() + " has no config.json"));
        int heads = config.requireInteger(1, MAX_HEADS, "num_attention_heads", "n_head", "num_heads");
        int width = config.requireInteger(1, MAX_WIDTH, "hidden_size", "n_embd", "d_model");
        return new ExportedModel(files,
                config.requireInteger(1, MAX_LAYERS, "num_hidden_layers", "n_layer", "num_layers"),
                config.integer(1, heads, "num_key_value_heads").orElse(heads),
                config.integer(1, MAX_HEAD_SIZE, "head_dim").orElse(width / heads),
                config.requireInteger(1, MAX_VOCABULARY, "vocab_size"),
                config.requireInteger(2, MAX_CONTEXT, "max_position_embeddings", "n_positions", "n_ctx",
                        "max_sequence_length"),
                ExportedJson.CONFIG, GraphNames.USUAL);
    }

    /** With tokenizer.json. */
    public Path folder() {
        return files.folder();
    }

    /** The graph that is to be loaded. */
    Path graph() {
        return files.graph().path();
    }

    /** Of the graph and its constants. */
    public long bytes() {
        return files.graph().bytes();
    }

    /** Hex SHA-256 of all its files, which are read for it. */
    public String digest(LoadProgress progress) {
        return files.digest(progress);
    }

    /** Bytes of KV cache that one position of one slot takes, with 32-bit numbers. */
    public long kvBytesPerPosition() {
        return 2L * layers * kvHeads * headSize * Float.BYTES;
    }
}

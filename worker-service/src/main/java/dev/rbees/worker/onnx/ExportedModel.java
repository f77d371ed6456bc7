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
 */
public record ExportedModel(ExportedFolder files, int layers, int kvHeads, int headSize, int vocabulary,
        int contextLength) {

    private static final int MAX_WIDTH = 1 << 17;

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
        ExportedJson config = files.json(ExportedJson.CONFIG)
                .orElseThrow(() -> ModelFault.of("the folder " + files.folder().getFileName() + " has no config.json"));
        int heads = config.requireInteger(1, 1024, "num_attention_heads", "n_head", "num_heads");
        int width = config.requireInteger(1, MAX_WIDTH, "hidden_size", "n_embd", "d_model");
        return new ExportedModel(files,
                config.requireInteger(1, 1024, "num_hidden_layers", "n_layer", "num_layers"),
                config.integer(1, heads, "num_key_value_heads").orElse(heads),
                config.integer(1, 1024, "head_dim").orElse(width / heads),
                config.requireInteger(1, 1 << 24, "vocab_size"),
                config.requireInteger(2, 1 << 24, "max_position_embeddings", "n_positions", "n_ctx", "max_sequence_length"));
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

package dev.rbees.worker.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.StringJoiner;

import dev.rbees.api.json.Json;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.GgufShape;
import dev.rbees.worker.model.TensorEncoding;

/** A small decoder of any architecture with random weights, as a GGUF file of plain numbers. */
public final class TinyArchitecture {

    public static final int LAYERS = 6;
    public static final int WIDTH = 64;
    public static final int HEADS = 4;
    public static final int KV_HEADS = 2;
    /** Not the width divided by the heads, so that nobody may take one for the other. */
    public static final int HEAD_SIZE = 32;
    public static final int FEED_FORWARD = 96;
    public static final int CONTEXT = 256;

    private final String architecture;
    private final Map<String, float[]> weights = new LinkedHashMap<>();
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final Random random = new Random(5);
    private final GgufBuilder file;

    public TinyArchitecture(String architecture) {
        this.architecture = architecture;
        this.file = new GgufBuilder().text("general.architecture", architecture)
                .integer(architecture + ".block_count", LAYERS).integer(architecture + ".context_length", CONTEXT)
                .integer(architecture + ".embedding_length", WIDTH)
                .integer(architecture + ".feed_forward_length", FEED_FORWARD)
                .integer(architecture + ".attention.head_count", HEADS)
                .integer(architecture + ".attention.head_count_kv", KV_HEADS)
                .integer(architecture + ".attention.key_length", HEAD_SIZE)
                .integer(architecture + ".attention.value_length", HEAD_SIZE)
                .number(architecture + ".attention.layer_norm_rms_epsilon", 1e-6f)
                .text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", TinyModel.tokens()).texts("tokenizer.ggml.merges", TinyModel.merges())
                .integer("tokenizer.ggml.eos_token_id", TinyModel.END);
        matrix("token_embd.weight", WIDTH, TinyModel.vocabulary());
        vector("output_norm.weight", WIDTH);
    }

    public TinyArchitecture integer(String key, int value) {
        file.integer(architecture + "." + key, value);
        return this;
    }

    public TinyArchitecture number(String key, double value) {
        file.number(architecture + "." + key, (float) value);
        return this;
    }

    public TinyArchitecture text(String key, String value) {
        file.text(architecture + "." + key, value);
        return this;
    }

    /** Queries, keys, values, gate and up in matrices of their own. */
    public TinyArchitecture separateMatrices() {
        return inLayers("attn_q.weight", WIDTH, HEADS * HEAD_SIZE).inLayers("attn_k.weight", WIDTH, KV_HEADS * HEAD_SIZE)
                .inLayers("attn_v.weight", WIDTH, KV_HEADS * HEAD_SIZE).inLayers("ffn_gate.weight", WIDTH, FEED_FORWARD)
                .inLayers("ffn_up.weight", WIDTH, FEED_FORWARD).commonMatrices();
    }

    public TinyArchitecture fusedMatrices() {
        return inLayers("attn_qkv.weight", WIDTH, (HEADS + 2 * KV_HEADS) * HEAD_SIZE)
                .inLayers("ffn_up.weight", WIDTH, 2 * FEED_FORWARD).commonMatrices();
    }

    private TinyArchitecture commonMatrices() {
        return inLayers("attn_output.weight", HEADS * HEAD_SIZE, WIDTH).inLayers("ffn_down.weight", FEED_FORWARD, WIDTH)
                .norms("attn_norm", WIDTH).norms("ffn_norm", WIDTH);
    }

    private TinyArchitecture inLayers(String name, int columns, int rows) {
        for (int layer = 0; layer < LAYERS; layer++) {
            matrix("blk." + layer + "." + name, columns, rows);
        }
        return this;
    }

    /** A vector of each layer. */
    public TinyArchitecture norms(String name, int size) {
        for (int layer = 0; layer < LAYERS; layer++) {
            vector("blk." + layer + "." + name + ".weight", size);
        }
        return this;
    }

    public TinyArchitecture biases(String name, int size) {
        for (int layer = 0; layer < LAYERS; layer++) {
            vector("blk." + layer + "." + name + ".bias", size);
        }
        return this;
    }

    public TinyArchitecture vector(String name, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.5f + random.nextFloat();
        }
        return put(name, values, size);
    }

    public TinyArchitecture matrix(String name, int columns, int rows) {
        float[] values = new float[columns * rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
        }
        return put(name, values, columns, rows);
    }

    private TinyArchitecture put(String name, float[] values, long... shape) {
        weights.put(name, values);
        shapes.put(name, shape);
        return this;
    }

    /** Writes the file; only once. */
    public Path write(Path path) {
        weights.forEach((name, values) -> {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            file.tensor(name, TensorEncoding.F32, bytes.array(), Objects.requireNonNull(shapes.get(name)));
        });
        return file.write(path);
    }

    /** Writes a folder as transformers has it, with half of the tensors in a second file. */
    public void writeFolder(Path folder, boolean half, String config) throws IOException {
        SafetensorsBuilder[] files = {new SafetensorsBuilder(), new SafetensorsBuilder()};
        weights.forEach((name, values) -> {
            long[] shape = Objects.requireNonNull(shapes.get(name));
            long[] outermostFirst = shape.length == 1 ? shape : new long[] {shape[1], shape[0]};
            files[name.hashCode() & 1].tensor(transformersName(name), half, values, outermostFirst);
        });
        files[0].write(folder.resolve("model-00001-of-00002.safetensors"));
        files[1].write(folder.resolve("model-00002-of-00002.safetensors"));
        Files.writeString(folder.resolve("config.json"), config);
        StringJoiner vocabulary = new StringJoiner(",", "{", "}");
        for (int id = 0; id < TinyModel.vocabulary(); id++) {
            vocabulary.add(Json.write(TinyModel.tokens().get(id)) + ":" + id);
        }
        Files.writeString(folder.resolve("tokenizer.json"), """
                                                            {"model":{"type":"BPE","vocab":%s,"merges":%s},"added_tokens":[],
                                                             "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,
                                                              "use_regex":true,"trim_offsets":true},
                                                             "decoder":{"type":"ByteLevel"}}"""
                .formatted(vocabulary, Json.write(TinyModel.merges())));
    }

    private static String transformersName(String name) {
        return name.replace("token_embd", "model.embed_tokens").replace("output_norm", "model.norm")
                .replaceFirst("^output\\.", "lm_head.")
                .replaceFirst("^blk", "model.layers").replace("attn_norm", "input_layernorm")
                .replace("ffn_norm", "post_attention_layernorm").replace("attn_output", "self_attn.o_proj")
                .replaceFirst("attn_([qkv])\\.", "self_attn.$1_proj.").replaceFirst("ffn_(gate|up|down)", "mlp.$1_proj");
    }

    /** The forward pass with other dimensions than the GGUF file would have. */
    public ReferenceDecoder reference(DecoderShape shape) {
        return new ReferenceDecoder(shape, weights::get);
    }

    /** The forward pass of the file in plain Java. */
    public ReferenceDecoder reference(Path written) {
        try (GgufFile source = GgufFile.open(written)) {
            DecoderShape shape = GgufShape.of(source);
            return new ReferenceDecoder(shape, weights::get);
        }
    }
}

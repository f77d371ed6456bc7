package dev.rbees.worker.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

import dev.rbees.worker.model.Architecture;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.Rotary;
import dev.rbees.worker.model.TensorEncoding;

/**
 * A small model of the Llama family with random weights and a byte-level vocabulary: 256 bytes, some merges, and the special
 * tokens of the ChatML format.
 *
 * @param layers transformer blocks
 * @param width of the residual stream
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param feedForward width inside the feed-forward part
 * @param encoding of the matrices; K-quants need a width that is a multiple of 256
 * @param valueEncoding of the value and down matrices, which real files often pack in another way
 * @param tied whether the head is the embedding
 */
public record TinyModel(int layers, int width, int heads, int kvHeads, int feedForward, TensorEncoding encoding,
        TensorEncoding valueEncoding, boolean tied) {

    public static final int CONTEXT = 256;
    public static final List<String> SPECIAL = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");
    public static final int END = 2;
    public static final double ROPE_BASE = 10_000;
    public static final double EPSILON = 1e-5;

    private static final String TEMPLATE = """
                                           {% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n'}}\
                                           {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""";

    public static TinyModel of(TensorEncoding encoding) {
        int width = encoding.blockLength() == 256 ? 256 : 64;
        return new TinyModel(2, width, 4, 2, width * 2, encoding, encoding, true);
    }

    public int headSize() {
        return width / heads;
    }

    /** The words of the vocabulary. */
    public static List<String> tokens() {
        List<String> tokens = new ArrayList<>(SPECIAL);
        for (int b = 0; b < 256; b++) {
            tokens.add(letter(b));
        }
        tokens.addAll(List.of("he", "ll", "hell", "hello", letter(' ') + "w", "or"));
        return tokens;
    }

    public static List<String> merges() {
        return List.of("h e", "l l", "he ll", "hell o", letter(' ') + " w", "o r");
    }

    public static int vocabulary() {
        return tokens().size();
    }

    /** The letter of the byte alphabet, by its definition: printable bytes stand for themselves, others count up from 256. */
    private static String letter(int wanted) {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            int letter = printable ? b : next++;
            if (b == wanted) {
                return Character.toString(letter);
            }
        }
        throw new IllegalArgumentException();
    }

    /** The bytes of every tensor, made from a seed. */
    public Map<String, byte[]> data(long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> data = new LinkedHashMap<>();
        shapes().forEach((name, shape) -> {
            int numbers = (int) (shape[0] * (shape.length > 1 ? shape[1] : 1));
            data.put(name, shape.length == 1 ? norm(numbers, random)
                    : ReferenceBlocks.random(encodingOf(name), numbers, random));
        });
        return data;
    }

    private static byte[] norm(int numbers, Random random) {
        GgufBuilder.Bytes bytes = new GgufBuilder.Bytes();
        for (int i = 0; i < numbers; i++) {
            bytes.i32(Float.floatToIntBits(0.5f + random.nextFloat()));
        }
        return bytes.toArray();
    }

    long[] shape(String name) {
        return Objects.requireNonNull(shapes().get(name));
    }

    /** Shapes by name, innermost dimension first. */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("token_embd.weight", new long[] {width, vocabulary()});
        shapes.put("output_norm.weight", new long[] {width});
        if (!tied) {
            shapes.put("output.weight", new long[] {width, vocabulary()});
        }
        for (int layer = 0; layer < layers; layer++) {
            String name = "blk." + layer + ".";
            shapes.put(name + "attn_norm.weight", new long[] {width});
            shapes.put(name + "attn_q.weight", new long[] {width, width});
            shapes.put(name + "attn_k.weight", new long[] {width, (long) kvHeads * headSize()});
            shapes.put(name + "attn_v.weight", new long[] {width, (long) kvHeads * headSize()});
            shapes.put(name + "attn_output.weight", new long[] {width, width});
            shapes.put(name + "ffn_norm.weight", new long[] {width});
            shapes.put(name + "ffn_gate.weight", new long[] {width, feedForward});
            shapes.put(name + "ffn_up.weight", new long[] {width, feedForward});
            shapes.put(name + "ffn_down.weight", new long[] {feedForward, width});
        }
        return shapes;
    }

    public TensorEncoding encodingOf(String name) {
        if (name.contains("norm")) {
            return TensorEncoding.F32;
        }
        return name.contains("attn_v") || name.contains("ffn_down") ? valueEncoding : encoding;
    }

    /** Its forward pass in plain Java. */
    public ReferenceDecoder reference(Map<String, byte[]> data) {
        Rotary rotary = new Rotary(headSize(), true,
                IntStream.range(0, headSize() / 2).mapToObj(i -> Math.pow(ROPE_BASE, -2.0 * i / headSize())).toList(),
                List.of(), 0, 1);
        DecoderShape shape = new DecoderShape(Architecture.LLAMA, layers, width, heads, kvHeads, headSize(), feedForward,
                vocabulary(), CONTEXT, EPSILON, 0,
                new DecoderShape.Attention(1 / Math.sqrt(headSize()), 0, rotary, 0, List.of(), null), 0);
        return new ReferenceDecoder(shape, name -> data.containsKey(name) ? numbers(name, data) : null);
    }

    private float[] numbers(String name, Map<String, byte[]> data) {
        long[] dimensions = shape(name);
        int count = (int) (dimensions[0] * (dimensions.length > 1 ? dimensions[1] : 1));
        return ReferenceBlocks.numbers(encodingOf(name), Objects.requireNonNull(data.get(name)), count);
    }

    /** The model's file, ready to be changed. */
    public GgufBuilder builder(Map<String, byte[]> data) {
        GgufBuilder builder = new GgufBuilder().text("general.architecture", "llama")
                .integer("llama.block_count", layers).integer("llama.context_length", CONTEXT)
                .integer("llama.embedding_length", width).integer("llama.feed_forward_length", feedForward)
                .integer("llama.attention.head_count", heads).integer("llama.attention.head_count_kv", kvHeads)
                .number("llama.rope.freq_base", (float) ROPE_BASE)
                .number("llama.attention.layer_norm_rms_epsilon", (float) EPSILON)
                .text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", tokens()).texts("tokenizer.ggml.merges", merges())
                .integers("tokenizer.ggml.token_type", tokens().stream().map(t -> SPECIAL.contains(t) ? 3 : 1).toList())
                .integer("tokenizer.ggml.eos_token_id", END).integer("tokenizer.ggml.bos_token_id", 1)
                .text("tokenizer.chat_template", TEMPLATE);
        shapes().forEach(
                (name, shape) -> builder.tensor(name, encodingOf(name), Objects.requireNonNull(data.get(name)), shape));
        return builder;
    }

    /** Writes the model's file. */
    public Path write(Path file, long seed) {
        return builder(data(seed)).write(file);
    }
}

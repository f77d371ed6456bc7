package dev.rbees.worker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import dev.rbees.worker.model.TensorEncoding;

/** Damaged and malicious model files, made from a small good one; the same seed makes the same files. */
public final class HostileFiles {

    private static final List<Integer> INTEGERS = List.of(0, 1, -1, 2, 3, 5, 7, 12, 63, 64, 65, 255, 4096, 65_537,
            Integer.MAX_VALUE, Integer.MIN_VALUE);
    private static final List<Float> NUMBERS = List.of(0f, -1f, 1f, 1e30f, 1e-30f, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY, Float.MIN_VALUE);
    private static final List<Long> LONGS = List.of(0L, 1L, -1L, 1L << 16, 1L << 31, 1L << 32, 1L << 40, 1L << 62,
            Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 31);
    private static final List<String> TEXTS = List.of("", "llama", "mamba", "gpt2", "gemma4", "t5",
            "bert", "default", "smollm", "gemma3", "phi3", "yarn", "linear", "llama\u0000",
            "\uD800",
            "x".repeat(100_000), "../../etc/passwd", "%s%n", "\n");
    private static final List<String> TEMPLATES = List.of("", "{{", "{%", "{# never ends", "{% if a %}".repeat(3000),
            "{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}", "{{ " + "[".repeat(20_000), "{{ -".repeat(9000),
            "{{ " + "not ".repeat(20_000) + "a }}", "{{ a" + ".b".repeat(20_000) + " }}",
            "{{ 'a' ~ " + "('b' ~ ".repeat(8000) + "'c'" + ")".repeat(8000) + " }}",
            "{% for i in range(1000000000) %}x{% endfor %}", "{{ 'a' * 1000000000 }}",
            "{% set x = 'aaaaaaaaaaaaaaaa' %}" + "{% set x = x ~ x %}".repeat(40) + "{{ x }}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ messages | tojson }}".repeat(2000),
            "{% for a in messages %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
            "{{ raise_exception('no') }}", "{{ messages[99999999999999999999] }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}",
            "{{ 9223372036854775807 + 1 }}", "{{ '%s' | format(1) }}", "{{ ''.join(['a'] * 100000000) }}",
            "{{ ' ' | indent(100000000) }}", "{{ undefined.a.b }}", "{{ messages.__class__.__mro__ }}");

    private static final List<String> INTEGER_KEYS = List.of("rope.dimension_count", "attention.key_length",
            "attention.value_length", "expert_count", "attention.sliding_window", "rope.scaling.original_context_length");
    private static final List<String> NUMBER_KEYS = List.of("rope.freq_base", "rope.freq_base_swa",
            "attn_logit_softcapping", "final_logit_softcapping", "rope.scaling.attn_factor");
    private static final List<String> SCALINGS = List.of("linear", "yarn", "longrope", "none", "x");
    private static final List<String> CONFIG_KEYS = List.of("partial_rotary_factor", "rope_theta", "sliding_window",
            "layer_types", "query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping", "rope_scaling",
            "rope_parameters", "original_max_position_embeddings", "max_window_layers", "hidden_act",
            "quantization_config", "use_sliding_window");
    private static final List<String> VALUES = List.of("0", "-1", "1", "2", "3", "7", "1e300", "-1e300", "1e-300",
            "99999999999999999999", "2147483647", "0.5", "null", "true", "\"\"", "\"x\"", "[]", "{}", "[1,2,3]",
            "{\"rope_type\":\"yarn\",\"factor\":1e300}", "{\"rope_type\":\"llama3\",\"factor\":0}",
            "{\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[0]}", "{\"full_attention\":{\"rope_theta\":-1}}",
            "{\"partial_rotary_factor\":1e9}");
    private static final int ABOUT_A_HEADER = 12_000;

    private final Random random;
    private final TinyModel model;
    private final Map<String, BiConsumer<GgufBuilder, String>> metadata = new LinkedHashMap<>();

    public HostileFiles(long seed) {
        random = new Random(seed);
        List<TensorEncoding> encodings = Arrays.stream(TensorEncoding.values()).filter(e -> e.blockLength() < 256).toList();
        model = new TinyModel(1, 64, 4, 2, 96, pick(encodings), pick(encodings), random.nextBoolean());
        integer("llama.block_count", model.layers());
        integer("llama.context_length", TinyModel.CONTEXT);
        integer("llama.embedding_length", model.width());
        integer("llama.feed_forward_length", model.feedForward());
        integer("llama.attention.head_count", model.heads());
        integer("llama.attention.head_count_kv", model.kvHeads());
        number("llama.rope.freq_base", (float) TinyModel.ROPE_BASE);
        number("llama.attention.layer_norm_rms_epsilon", (float) TinyModel.EPSILON);
        text("general.architecture", "llama");
        text("tokenizer.ggml.model", "gpt2");
        text("tokenizer.ggml.pre", "smollm");
        text("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }}{% endfor %}");
        texts("tokenizer.ggml.tokens", TinyModel.tokens());
        texts("tokenizer.ggml.merges", TinyModel.merges());
        integer("tokenizer.ggml.eos_token_id", TinyModel.END);
        integer("tokenizer.ggml.bos_token_id", 1);
        metadata.put("tokenizer.ggml.token_type", (file, key) -> file.integers(key,
                TinyModel.tokens().stream().map(t -> TinyModel.SPECIAL.contains(t) ? 3 : 1).toList()));
    }

    private void integer(String key, int value) {
        metadata.put(key, (file, k) -> file.integer(k, value));
    }

    private void number(String key, float value) {
        metadata.put(key, (file, k) -> file.number(k, value));
    }

    private void text(String key, String value) {
        metadata.put(key, (file, k) -> file.text(k, value));
    }

    private void texts(String key, List<String> values) {
        metadata.put(key, (file, k) -> file.texts(k, values));
    }

    /** The file that this seed makes. */
    public byte[] make() {
        int kind = random.nextInt(8);
        if (kind < 4) {
            for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
                changeMetadata();
            }
        }
        Map<String, byte[]> data = model.data(random.nextLong());
        if (kind == 4) {
            poison(data);
        }
        byte[] file = build(data, kind == 5);
        int header = file.length - data.values().stream().mapToInt(bytes -> (bytes.length + 31) / 32 * 32).sum();
        return kind >= 6 ? damage(file, Math.max(25, header)) : file;
    }

    private byte[] build(Map<String, byte[]> data, boolean changeTensors) {
        GgufBuilder builder = new GgufBuilder();
        metadata.forEach((key, writer) -> writer.accept(builder, key));
        String victim = changeTensors ? pick(List.copyOf(data.keySet())) : "";
        model.shapes().forEach((name, shape) -> {
            byte[] bytes = data.get(name);
            if (bytes == null) {
                throw new AssertionError(name);
            }
            if (name.equals(victim)) {
                addChanged(builder, name, shape, bytes);
            } else {
                builder.tensor(name, model.encodingOf(name), bytes, shape);
            }
        });
        return builder.build();
    }

    private void addChanged(GgufBuilder builder, String name, long[] shape, byte[] bytes) {
        TensorEncoding encoding = model.encodingOf(name);
        switch (random.nextInt(7)) {
            case 0 -> builder.tensor(name + "x", encoding, bytes, shape);
            case 1 -> builder.tensor(name, encoding, bytes, shape).tensor(name, encoding, bytes, shape);
            case 2 -> builder.tensor(name, pick(Arrays.asList(TensorEncoding.values())), bytes, shape);
            case 3 -> builder.tensor(name, encoding, bytes, pick(LONGS), pick(LONGS));
            case 4 -> builder.tensor(name, encoding, bytes, shape[0], 1, 1, shape.length > 1 ? shape[1] : 1);
            case 5 -> builder.tensor(name, encoding, Arrays.copyOf(bytes, bytes.length / 2), shape);
            default ->
                builder.tensor(name, encoding, bytes, shape.length > 1 ? new long[] {shape[1], shape[0]} : new long[0]);
        }
    }

    private void changeMetadata() {
        String key = pick(List.copyOf(metadata.keySet()));
        switch (random.nextInt(12)) {
            case 0 -> metadata.remove(key);
            case 1 -> integer(key, pick(INTEGERS));
            case 2 -> number(key, pick(NUMBERS));
            case 3 -> text(key, pick(TEXTS));
            case 4 -> metadata.put(key, (file, k) -> file.raw(k, 10 + random.nextInt(2),
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(pick(LONGS)).array()));
            case 5 -> text("tokenizer.chat_template", pick(TEMPLATES));
            case 6 -> texts("tokenizer.ggml.tokens", vocabulary());
            case 7 -> texts("tokenizer.ggml.merges", pick(List.of(List.of(), List.of(""), List.of(" "), List.of("a"),
                    List.of("a a", "a a", "aa a", " a", "a "), List.of("h e l l", "hell o", "\uD800 x"),
                    List.of("x".repeat(50_000) + " y"), TEXTS)));
            case 8 -> metadata.put("tokenizer.ggml.token_type", (file, k) -> file.integers(k, types()));
            case 9 -> changeTokenizer();
            case 10 -> changeTransformer();
            default -> integer(pick(List.of("general.alignment", "tokenizer.ggml.eot_token_id",
                    "tokenizer.ggml.unknown_token_id", "tokenizer.ggml.add_bos_token", "llama.attention.head_count_kv")),
                    pick(INTEGERS));
        }
    }

    /** Another kind of tokenizer than the vocabulary was made for, with scores, if any, of all kinds. */
    private void changeTokenizer() {
        text("tokenizer.ggml.model", pick(List.of("llama", "t5", "bert", "gemma4")));
        if (random.nextInt(4) > 0) {
            metadata.put("tokenizer.ggml.scores", (file, key) -> {
                GgufBuilder.Bytes scores = new GgufBuilder.Bytes();
                int count = TinyModel.vocabulary() - random.nextInt(2);
                for (int i = 0; i < count; i++) {
                    scores.i32(Float.floatToIntBits(random.nextInt(8) == 0 ? pick(NUMBERS) : -random.nextFloat() * 10));
                }
                file.raw(key, 9, new GgufBuilder.Bytes().i32(6).i64(count).bytes(scores.toArray()).toArray());
            });
        }
        if (random.nextBoolean()) {
            metadata.put("tokenizer.ggml.precompiled_charsmap", (file, key) -> {
                byte[] map = new byte[random.nextInt(4000)];
                random.nextBytes(map);
                file.raw(key, 9, new GgufBuilder.Bytes().i32(0).i64(map.length).bytes(map).toArray());
            });
        }
    }

    /** Constants of attention and rotary positions. */
    private void changeTransformer() {
        switch (random.nextInt(3)) {
            case 0 -> integer("llama." + pick(INTEGER_KEYS), pick(INTEGERS));
            case 1 -> number("llama." + pick(NUMBER_KEYS), pick(NUMBERS));
            default -> {
                text("llama.rope.scaling.type", pick(SCALINGS));
                number("llama.rope.scaling.factor", pick(NUMBERS));
            }
        }
    }

    /** A good model of any architecture, with constants changed and then perhaps bytes of its file. */
    public Path damage(TinyArchitecture good, Path file) {
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            switch (random.nextInt(3)) {
                case 0 -> good.integer(pick(INTEGER_KEYS), pick(INTEGERS));
                case 1 -> good.number(pick(NUMBER_KEYS), pick(NUMBERS));
                default -> good.text("rope.scaling.type", pick(SCALINGS)).number("rope.scaling.factor", pick(NUMBERS));
            }
        }
        try {
            byte[] bytes = Files.readAllBytes(good.write(file));
            return random.nextInt(3) == 0 ? file : Files.write(file, damage(bytes, ABOUT_A_HEADER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder as transformers has it, with constants of its configuration changed and then perhaps bytes of a file. */
    public Path damageFolder(TinyArchitecture good, Path folder) {
        List<String> fields = new ArrayList<>(List.of("\"model_type\":\"llama\"", "\"hidden_size\":64",
                "\"num_attention_heads\":4", "\"num_key_value_heads\":2", "\"head_dim\":32", "\"num_hidden_layers\":6",
                "\"intermediate_size\":96", "\"vocab_size\":" + TinyModel.vocabulary(),
                "\"max_position_embeddings\":256", "\"rms_norm_eps\":1e-6"));
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int field = random.nextInt(fields.size() * 2);
            if (field < fields.size()) {
                String name = fields.get(field).replaceFirst(":.*", "");
                fields.set(field, name + ":" + pick(VALUES));
            } else {
                fields.add("\"" + pick(CONFIG_KEYS) + "\":" + pick(VALUES));
            }
        }
        try {
            good.writeFolder(folder, random.nextBoolean(), "{" + String.join(",", fields) + "}");
            if (random.nextBoolean()) {
                try (Stream<Path> files = Files.list(folder)) {
                    Path victim = pick(files.sorted().toList());
                    byte[] bytes = Files.readAllBytes(victim);
                    Files.write(victim, damage(bytes, Math.min(bytes.length, ABOUT_A_HEADER)));
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes a file of a good folder so that its length stays, or not. */
    public void damageIn(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, damage(bytes, bytes.length));
    }

    private List<String> vocabulary() {
        List<String> tokens = new ArrayList<>(TinyModel.tokens());
        if (random.nextBoolean()) {
            metadata.remove("tokenizer.ggml.token_type");
        }
        switch (random.nextInt(6)) {
            case 0 -> tokens.clear();
            case 1 -> tokens.replaceAll(_ -> "");
            case 2 -> tokens.replaceAll(_ -> "same");
            case 3 -> tokens.replaceAll(_ -> pick(TEXTS));
            case 4 -> tokens.subList(random.nextInt(tokens.size()), tokens.size()).clear();
            default -> tokens.addAll(List.of("one", "too", "many"));
        }
        return tokens;
    }

    private List<Integer> types() {
        List<Integer> types = new ArrayList<>();
        for (int i = 0; i < TinyModel.vocabulary() - random.nextInt(2); i++) {
            types.add(pick(INTEGERS));
        }
        return types;
    }

    /** Weights that are no numbers, or extreme ones. */
    private void poison(Map<String, byte[]> data) {
        byte[] victim = pick(List.copyOf(data.values()));
        int width = 1 << random.nextInt(3);
        for (int n = 1 + random.nextInt(40); n > 0; n--) {
            int at = random.nextInt(victim.length / width) * width;
            Arrays.fill(victim, at, at + width, (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256)));
        }
    }

    /** Changes bytes, mostly of the header, cuts some off, or puts some in. */
    private byte[] damage(byte[] file, int header) {
        int at = random.nextInt(8) == 0 ? random.nextInt(file.length - 8) : random.nextInt(header - 8);
        switch (random.nextInt(6)) {
            case 0 -> {
                for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                    file[random.nextInt(header)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> file[at] = pick(List.of((byte) 0, (byte) -1, (byte) 127, (byte) -128));
            case 2 -> ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(at, pick(LONGS));
            case 3 -> ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at, pick(INTEGERS));
            case 4 -> {
                return Arrays.copyOf(file, random.nextInt(file.length));
            }
            default -> {
                byte[] longer = new byte[file.length + 8];
                System.arraycopy(file, 0, longer, 0, at);
                System.arraycopy(file, at, longer, at + 8, file.length - at);
                return longer;
            }
        }
        return file;
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}

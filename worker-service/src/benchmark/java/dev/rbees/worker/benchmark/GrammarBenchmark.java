package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.worker.grammar.Constraint;
import dev.rbees.worker.grammar.Grammars;
import dev.rbees.worker.grammar.TokenTrie;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

/**
 * What structured output costs: compilation, the first masks of a grammar and those that are known. Prints one JSON line for
 * each vocabulary and format.
 *
 * <p>
 * Arguments: a GGUF model with a byte-level BPE tokenizer. Its vocabulary is used as it is, and once more made larger with pairs
 * of its tokens.
 */
public final class GrammarBenchmark {

    private static final int LARGE = 150_000;
    private static final int ROUNDS = 30;

    private static final String SCHEMA = """
                                         {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},
                                         "email":{"type":"string","format":"email"},"born":{"type":"string","format":"date"},
                                         "address":{"type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"},"zip":{"type":"string",
                                         "pattern":"^[0-9]{5}$"}},"required":["street","city"]},
                                         "orders":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"},"price":{"type":"number"},
                                         "state":{"enum":["open","paid","shipped"]}},"required":["sku","price","state"]}}},
                                         "required":["name","age","email","born","address","orders"],"additionalProperties":false}""";

    private static final String ANSWER = """
                                         {"name":"Ada Lovelace, Countess of Lovelace","age":36,"email":"ada@example.com","born":"1815-12-10",\
                                         "address":{"street":"12 St James's Square","city":"London","zip":"12345"},"orders":[\
                                         {"sku":"engine-1","price":199.5,"state":"open"},{"sku":"a longer description of the \\"thing\\"","price":3,"state":"paid"}]}""";

    private final Tokenizer tokenizer;

    private GrammarBenchmark(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    public static void main(String[] args) throws IOException {
        try (GgufFile file = GgufFile.open(Path.of(args[0]))) {
            GrammarBenchmark benchmark = new GrammarBenchmark(TokenizerData.of(file.metadata()).create());
            for (int size : new int[] {benchmark.tokenizer.vocabularySize(), LARGE}) {
                // why: the first run warms the machine up
                for (int run = 0; run < 3; run++) {
                    benchmark.run(size, "schema", Json.readTree(SCHEMA.getBytes(StandardCharsets.UTF_8)), run == 2);
                    benchmark.run(size, "any object", null, run == 2);
                }
            }
        }
    }

    private void run(int size, String format, @Nullable JsonNode schema, boolean print) {
        byte[][] tokens = tokens(size);
        long began = System.nanoTime();
        TokenTrie trie = new TokenTrie(size, id -> tokens[id], new int[] {0});
        long built = System.nanoTime();
        Grammars grammars = new Grammars(trie, System::nanoTime);
        Constraint first = schema == null ? grammars.anyObject() : grammars.of(schema);
        long compiled = System.nanoTime();
        long[] unknown = answer(first, size);
        List<long[]> known = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            known.add(answer(schema == null ? grammars.anyObject() : grammars.of(schema), size));
        }
        if (print) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("vocabulary", size);
            line.put("format", format);
            line.put("trie_ms", (built - began) / 1_000_000.0);
            line.put("compile_ms", (compiled - built) / 1_000_000.0);
            line.put("first_masks_us", summary(List.of(unknown)));
            line.put("known_masks_us", summary(known));
            line.put("allocated_by_mask_bytes", allocatedByMask(grammars, schema, size));
            System.out.println(Json.write(line));
        }
    }

    /** The model's tokens, and pairs of them up to the wanted size. */
    private byte[][] tokens(int size) {
        Random random = new Random(1);
        byte[][] tokens = new byte[size][];
        for (int id = 0; id < size; id++) {
            if (id < tokenizer.vocabularySize()) {
                tokens[id] = tokenizer.bytes(id);
            } else {
                byte[] left = tokenizer.bytes(random.nextInt(tokenizer.vocabularySize()));
                byte[] right = tokenizer.bytes(random.nextInt(tokenizer.vocabularySize()));
                tokens[id] = Arrays.copyOf(left, left.length + right.length);
                System.arraycopy(right, 0, tokens[id], left.length, right.length);
            }
        }
        return tokens;
    }

    /** Nanoseconds of mask and accept for each token of the answer. */
    private long[] answer(Constraint constraint, int size) {
        int[] ids = tokenizer.encode(ANSWER, false);
        float[] logits = new float[size];
        long[] nanos = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            Arrays.fill(logits, 1);
            long began = System.nanoTime();
            constraint.mask(logits);
            constraint.accept(ids[i]);
            nanos[i] = System.nanoTime() - began;
        }
        if (!constraint.complete()) {
            throw new IllegalStateException("the answer must be complete");
        }
        return nanos;
    }

    private static Map<String, Object> summary(List<long[]> runs) {
        long[] all = runs.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("count", all.length);
        summary.put("median", all[all.length / 2] / 1000.0);
        summary.put("p99", all[all.length * 99 / 100] / 1000.0);
        summary.put("max", all[all.length - 1] / 1000.0);
        summary.put("sum", Arrays.stream(all).sum() / 1000.0);
        return summary;
    }

    private static long allocatedByMask(Grammars grammars, @Nullable JsonNode schema, int size) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Constraint constraint = schema == null ? grammars.anyObject() : grammars.of(schema);
        float[] logits = new float[size];
        constraint.mask(logits);
        long before = threads.getCurrentThreadAllocatedBytes();
        long nothing = threads.getCurrentThreadAllocatedBytes() - before;
        before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            constraint.mask(logits);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before - nothing) / 1000;
    }
}

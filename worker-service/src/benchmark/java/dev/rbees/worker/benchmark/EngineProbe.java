package dev.rbees.worker.benchmark;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.onnx.DecoderSession;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

/**
 * Our engine for the comparison programs in {@code worker-service/benchmark}: reads one JSON command per line from standard
 * input, answers with one JSON line on standard output.
 *
 * <p>
 * Arguments: the model's file, a folder for its import, threads, rows of a batch, positions per row.
 */
public final class EngineProbe implements AutoCloseable {

    private final DecoderSession session;
    private final Tokenizer tokenizer;
    private final float[] logits;

    private EngineProbe(DecoderSession session, Tokenizer tokenizer) {
        this.session = session;
        this.tokenizer = tokenizer;
        this.logits = new float[session.vocabulary()];
    }

    public static void main(String[] args) throws IOException {
        Path model = Path.of(args[0]);
        RbeesHome home = new RbeesHome(Path.of(args[1]).toAbsolutePath()).open();
        long began = System.nanoTime();
        ImportedModel imported = new ModelImporter(home, ImportOptions.DEFAULT).open(model, (_, _) -> {
        });
        long importedAt = System.nanoTime();
        DecoderSession session = DecoderSession.open(imported, Integer.parseInt(args[3]), Integer.parseInt(args[4]),
                Integer.parseInt(args[2]));
        long loadedAt = System.nanoTime();
        Tokenizer tokenizer = TokenizerData.load(imported.tokenizer()).create();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (EngineProbe probe = new EngineProbe(session, tokenizer);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            out.println(Json.write(Map.of("java", Runtime.version().toString(), "import_ms", millis(importedAt - began),
                    "load_ms", millis(loadedAt - importedAt))));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(Json.write(probe.run(Json.readTree(line.getBytes(StandardCharsets.UTF_8)))));
            }
        }
    }

    private Object run(JsonNode command) throws IOException {
        return switch (command.get("op").asString()) {
            case "tokenize" -> Map.of("tokens", IntStream.of(tokenizer.encode(command.get("text").asString(), true)).boxed()
                    .toList());
            case "forced" -> forced(ids(command.get("prompt")), ids(command.get("continuation")),
                    Path.of(command.get("file").asString()));
            case "prefill" -> prefill(ids(command.get("tokens")));
            case "decode" -> decode(ids(command.get("tokens")), command.get("rows").asInt(), command.get("steps").asInt());
            default -> throw new IllegalArgumentException(command.toString());
        };
    }

    /** Writes the logits after the prompt and after each token of the continuation: float32, little endian. */
    private Object forced(int[] prompt, int[] continuation, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            Prompts.feed(session, 0, prompt, logits);
            write(out);
            for (int i = 0; i < continuation.length; i++) {
                session.decode(0, new int[] {continuation[i]}, new int[] {prompt.length + i}, new int[] {0}).copy(0, logits);
                write(out);
            }
        }
        return Map.of("rows", continuation.length + 1);
    }

    private void write(OutputStream out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(logits);
        out.write(bytes.array());
    }

    /** Milliseconds of a prefill with the logits of its last token. */
    private Object prefill(int[] tokens) {
        long start = System.nanoTime();
        Prompts.feed(session, 0, tokens, logits);
        return Map.of("ms", millis(System.nanoTime() - start));
    }

    /** Milliseconds of so many decode steps over so many rows, each with the choice of the best token. */
    private Object decode(int[] context, int rows, int steps) {
        for (int row = 0; row < rows; row++) {
            Prompts.feed(session, row, context, null);
        }
        int[] tokens = new int[rows];
        Arrays.fill(tokens, context[0]);
        int[] pasts = new int[rows];
        int[] wanted = IntStream.range(0, rows).toArray();
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            Arrays.fill(pasts, context.length + step);
            Decoder.Logits results = session.decode(0, tokens, pasts, wanted);
            for (int row = 0; row < rows; row++) {
                results.copy(row, logits);
                tokens[row] = best();
            }
        }
        return Map.of("ms", millis(System.nanoTime() - start));
    }

    private int best() {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static int[] ids(JsonNode array) {
        List<Integer> ids = new ArrayList<>();
        array.forEach(id -> ids.add(id.asInt()));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    @Override
    public void close() {
        session.close();
    }
}

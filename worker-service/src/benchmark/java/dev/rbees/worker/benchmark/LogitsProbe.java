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
import java.util.Arrays;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.onnx.DecoderSession;

/**
 * Our logits for {@code worker-service/benchmark/architectures/architectures.py}: reads one JSON question per line from standard input,
 * answers with one JSON line on standard output: what was written, or why the model was refused.
 *
 * <p>
 * Argument: a folder for imports. A question names the {@code model}, what becomes of its {@code plain} weights, the
 * {@code tokens}, the {@code positions} of a slot, the {@code first} position that is wanted, and the {@code file} for the
 * logits (float32, little endian, one row per position).
 */
public final class LogitsProbe {

    /** Tokens that are fed as a prompt before the others are decoded one by one. */
    private static final int PROMPT = 8;

    private LogitsProbe() {}

    public static void main(String[] args) throws IOException {
        RbeesHome home = new RbeesHome(Path.of(args[0]).toAbsolutePath()).open();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(Json.write(answer(home, Json.readTree(line.getBytes(StandardCharsets.UTF_8)))));
            }
        }
    }

    private static Map<String, Object> answer(RbeesHome home, JsonNode question) throws IOException {
        String name = question.get("plain").asString();
        ImportOptions.Plain plain = ImportOptions.Plain.of(name)
                .orElseThrow(() -> new IllegalArgumentException(name + " is no form of plain weights"));
        try {
            ImportedModel model = new ModelImporter(home, new ImportOptions(plain, false))
                    .open(Path.of(question.get("model").asString()), (_, _) -> {
                    });
            try (DecoderSession session = DecoderSession.open(model, 1, question.get("positions").asInt(), 1)) {
                return compute(session, question);
            }
        } catch (RbeesException e) {
            return Map.of("refused", e.code() + ": " + e.getMessage() + (e.getCause() == null ? "" : "; " + e.getCause()));
        } catch (RuntimeException e) {
            return Map.of("failed", e.toString());
        }
    }

    /** After every prompt that ends at a wanted position; then of one prompt in two pieces and a decode step for each rest. */
    private static Map<String, Object> compute(DecoderSession session, JsonNode question) throws IOException {
        int[] tokens = question.get("tokens").valueStream().mapToInt(JsonNode::asInt).toArray();
        int first = question.get("first").asInt();
        float[] logits = new float[session.vocabulary()];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(question.get("file").asString())),
                1 << 20)) {
            for (int end = first + 1; end <= tokens.length; end++) {
                Prompts.feed(session, 0, Arrays.copyOf(tokens, end), logits);
                write(logits, out);
            }
            int prompt = first + PROMPT;
            session.prefill(0, 0, Arrays.copyOf(tokens, prompt / 2), null);
            session.prefill(0, prompt / 2, Arrays.copyOfRange(tokens, prompt / 2, prompt), null);
            for (int i = prompt; i < tokens.length; i++) {
                session.decode(0, new int[] {tokens[i]}, new int[] {i}, new int[] {0}).copy(0, logits);
                write(logits, out);
            }
            return Map.of("vocabulary", logits.length, "prefilled", tokens.length - first, "decoded",
                    tokens.length - prompt);
        }
    }

    private static void write(float[] logits, OutputStream out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(logits);
        out.write(bytes.array());
    }
}

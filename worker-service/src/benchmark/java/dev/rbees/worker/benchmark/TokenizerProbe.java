package dev.rbees.worker.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

/**
 * Our tokenizers for {@code worker-service/benchmark/tokenizers.py}: says one JSON line about the tokenizer, then reads one
 * JSON line per text from standard input and answers with its ids.
 *
 * <p>
 * Arguments: a GGUF file or a folder with tokenizer.json, a file for our own form of it.
 */
public final class TokenizerProbe {

    private TokenizerProbe() {}

    public static void main(String[] args) throws IOException {
        Path own = Path.of(args[1]);
        data(Path.of(args[0])).save(own);
        double load = Double.MAX_VALUE;
        double first = 0;
        Tokenizer tokenizer = null;
        for (int run = 0; run < 5; run++) {
            long start = System.nanoTime();
            tokenizer = TokenizerData.load(own).create();
            double millis = (System.nanoTime() - start) / 1e6;
            first = run == 0 ? millis : first;
            load = Math.min(load, millis);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Objects.requireNonNull(tokenizer);
        out.println(Json.write(Map.of("kind", tokenizer.kind(), "tokens", tokenizer.vocabularySize(), "bytes",
                Files.size(own), "first_load_ms", first, "load_ms", load)));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode command = Json.readTree(line.getBytes(StandardCharsets.UTF_8));
                long start = System.nanoTime();
                int[] ids = tokenizer.encode(command.get("text").asString(), command.get("special").asBoolean());
                out.println(Json.write(Map.of("ms", (System.nanoTime() - start) / 1e6, "ids",
                        IntStream.of(ids).boxed().toList())));
            }
        }
    }

    private static TokenizerData data(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            return TokenizerData.ofFolder(source);
        }
        try (GgufFile file = GgufFile.open(source)) {
            return TokenizerData.of(file.metadata());
        }
    }
}

package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The installed worker as a process of its own, and what it answers. */
final class CheckedWorker implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    private final String url;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** An answer: ids of its tokens, its text, and the code of an error, if it ended with one. */
    record Answer(List<Integer> ids, String text, @Nullable String error) {}

    private CheckedWorker(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
    }

    /** Starts one; it need not become ready. */
    static CheckedWorker start(GpuCheck.Settings settings, String backend, String... more) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path log = settings.out().resolve("worker-" + backend + "-" + port + ".log");
        List<String> command = new ArrayList<>(List.of(settings.distribution().resolve("bin/rbees-workerd").toString(),
                "--model", settings.model().toString(), "--model-id", "checked", "--port", String.valueOf(port), "--backend",
                backend));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("RBEES_HOME", settings.home().toString());
        return new CheckedWorker(builder.start(), log, "http://127.0.0.1:" + port);
    }

    /** Waits until it is ready. */
    CheckedWorker ready() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            if (health().path("status").asString("").equals("ready")) {
                return this;
            }
            Thread.sleep(100);
        }
        throw new IOException("the worker is not ready; its last line: " + lastLine());
    }

    JsonNode health() throws InterruptedException {
        try {
            return Json.readTree(http.send(HttpRequest.newBuilder(URI.create(url + "/health")).timeout(ANSWER).build(),
                    BodyHandlers.ofByteArray()).body());
        } catch (IOException _) {
            return Json.readTree("{}".getBytes(UTF_8));
        }
    }

    /** What it answers greedily. */
    Answer execute(Map<String, Object> fields) throws IOException, InterruptedException {
        Map<String, Object> body = new HashMap<>(Map.of("job_id", "check-" + System.nanoTime(), "temperature", 0));
        body.putAll(fields);
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(URI.create(url + "/execute")).timeout(ANSWER)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(Json.write(body))).build(),
                BodyHandlers.ofString(UTF_8));
        List<Integer> ids = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        String error = response.statusCode() == 200 ? null : "HTTP " + response.statusCode() + ": " + response.body();
        for (String line : response.body().lines().filter(line -> line.startsWith("data:")).toList()) {
            String data = line.substring("data:".length()).strip();
            if (!data.startsWith("{")) {
                continue;
            }
            JsonNode event = Json.readTree(data.getBytes(UTF_8));
            switch (event.path("type").asString("")) {
                case "token" -> {
                    ids.add(event.path("id").asInt());
                    text.append(event.path("t").asString());
                }
                case "error" -> error = event.path("code").asString("?");
                default -> {
                    // begin and end
                }
            }
        }
        return new Answer(ids, text.toString(), error);
    }

    /** What it has written last. */
    String lastLine() throws IOException {
        List<String> lines = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "" : lines.getLast();
    }

    /** Its exit code; empty text in the log is no reason to wait longer. */
    int ended() throws InterruptedException {
        return process.waitFor(START.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** Kills it, so that it can clean up nothing. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package dev.rbees.orchestrator.testing;

import java.io.IOException;
import java.net.InetAddress;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.rbees.orchestrator.OrchestratorApplication;

/** The orchestrator as a process of its own, which can be killed and stopped. */
public final class OrchestratorProgram implements AutoCloseable {

    private final Path log;
    private final int port;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String authorization;

    private OrchestratorProgram(Path log, int port, Process process, String token) {
        this.log = log;
        this.port = port;
        this.process = process;
        this.authorization = "Bearer " + token;
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** @param token that it asks for, which its environment names the file of */
    public static OrchestratorProgram start(Path log, int port, String token, Map<String, String> environment,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), OrchestratorApplication.class.getName(), "--port", "" + port));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_") || name.startsWith("JAVA_TOOL"));
        builder.environment().putAll(environment);
        return new OrchestratorProgram(log, port, builder.start(), token);
    }

    /** Waits until its log has a line with this text, at most 60 s. */
    public void awaitLog(String text) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.readString(log).contains(text)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("no '" + text + "' in " + Files.readString(log));
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        try {
            return http.send(request(method, path, body, headers), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The lines of a stream as they come. */
    public Stream<String> lines(String path, String... headers) throws IOException, InterruptedException {
        return http.send(request("GET", path, "", headers), BodyHandlers.ofLines()).body();
    }

    private HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    /** As {@code kill -SIGNAL} does. */
    public void signal(String name) {
        try {
            if (new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor() != 0) {
                throw new AssertionError("kill -" + name);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Its exit code; waits at most 20 s. */
    public int exit() throws InterruptedException {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        http.shutdownNow();
    }
}

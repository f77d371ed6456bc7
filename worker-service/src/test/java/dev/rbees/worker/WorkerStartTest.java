package dev.rbees.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;

/** How the program starts, and how it ends when it cannot. */
@Timeout(120)
class WorkerStartTest {

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path model;

    @BeforeEach
    void write() {
        model = TinyModel.of(TensorEncoding.Q4_0).write(folder.resolve("tiny.gguf"), 1);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A worker with a home of its own. */
    private Process start(String home, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), WorkerApplication.class.getName(), "--model", model.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(folder.resolve(home + ".err").toFile())
                .redirectOutput(folder.resolve(home + ".out").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_") || name.startsWith("JAVA_TOOL"));
        builder.environment().put("RBEES_HOME", folder.resolve(home).toString());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String errors(String home) throws IOException {
        return Files.readString(folder.resolve(home + ".err"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void endsAtOnce(String home, Process process, String message) throws Exception {
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors(home).lines()).containsExactly("error: " + message);
        assertThat(folder.resolve(home)).as("what an import begins with").doesNotExist();
    }

    private static String taken(int port) {
        return "--port " + port + " is in use by another program; choose another, or end that one";
    }

    @Test
    void aPortThatIsTakenEndsItBeforeItLooksAtTheModel() throws Exception {
        Files.writeString(model, "no model");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            endsAtOnce("a", start("a", "--port", "" + taken.getLocalPort()), taken(taken.getLocalPort()));
        }
    }

    @Test
    void ofTwoThatWantOnePortOneLivesAndTheOtherNeverLoads() throws Exception {
        int port = freePort();
        Process one = start("a", "--port", "" + port);
        Process two = start("b", "--port", "" + port);
        CompletableFuture.anyOf(one.onExit(), two.onExit()).join();
        boolean oneLives = one.isAlive();
        Process loser = oneLives ? two : one;
        String home = oneLives ? "b" : "a";
        assertThat(loser.waitFor()).isEqualTo(1);
        assertThat(errors(home).lines().filter(line -> line.startsWith("error"))).containsExactly("error: " + taken(port));
        assertThat(errors(home)).doesNotContain("loads tiny");
        assertThat(folder.resolve(home)).as("what an import begins with").doesNotExist();
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/load")).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            // why: its last event tells that the other is ready
            assertThat(http.send(health, BodyHandlers.ofString()).body()).contains("event: ready");
        }
        assertThat(oneLives ? one : two).matches(Process::isAlive);
    }

    @Test
    void whatCannotBeIsSaidBeforeAnImport() throws Exception {
        endsAtOnce("a", start("a", "--port", "" + freePort(), "--context-length", "257"),
                "--context-length 257 is more than the model was made for (256)");
    }

    @Test
    @DisabledIf("hasCuda")
    void aMissingDeviceIsSaidBeforeAnImport() throws Exception {
        Process process = start("a", "--port", "" + freePort(), "--backend", "cuda");
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors("a").lines()).singleElement().asString().startsWith("error: ").endsWith("--backend cpu");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    /** why: where there is a card it would be used. */
    static boolean hasCuda() {
        return Files.exists(Path.of("/dev/nvidia0"));
    }
}

package dev.rbees.service;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.service.testing.SmallDaemon;

import static org.assertj.core.api.Assertions.assertThat;

/** A daemon as a process of its own: its exit codes, what it writes where, and what it answers. */
class DaemonTest {

    private record Ran(int exit, String out, String err) {}

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp",
                System.getProperty("java.class.path"),
                SmallDaemon.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors());
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_") || name.startsWith("JAVA_TOOL"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private File errors() {
        return folder.resolve("stderr").toFile();
    }

    private Ran run(Map<String, String> environment, String... arguments) throws Exception {
        return ended(start(environment, arguments));
    }

    private Ran ended(Process process) throws Exception {
        String out = process.inputReader().readAllAsString();
        return new Ran(process.waitFor(), out, Files.readString(errors().toPath()));
    }

    /** Waits until it serves. */
    private Process serving(Map<String, String> environment, int port) throws IOException {
        Process process = start(environment, "--port", "" + port);
        assertThat(process.inputReader().readLine()).isEqualTo("serves");
        return process;
    }

    /** why: {@code Process.destroy} would also close the stream from which the rest of stdout is read. */
    private static void terminate(Process process) {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A whole answer to a request whose lines are given, its body after an empty one. */
    private static String ask(int port, String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = String.join("\r\n", lines) + (List.of(lines).contains("") ? "" : "\r\n\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String fault(int port) throws IOException {
        return ask(port, "GET /fault HTTP/1.1", "Host: localhost", "X-Correlation-Id: abc-1", "Connection: close");
    }

    @Test
    void versionAndHelpGoToStdout() throws Exception {
        Ran version = run(Map.of(), "--version");
        assertThat(version.exit()).isZero();
        assertThat(version.out()).startsWith("small 1.2.3 (Java ").hasLineCount(1);
        assertThat(version.err()).isEmpty();
        Ran help = run(Map.of(), "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("--port").contains("--version").contains("--help");
        assertThat(help.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=0", "--prot=8001", "--port"})
    void wrongUsageIsToldOnStderrWithExitCode2(String argument) throws Exception {
        Ran ran = run(Map.of(), argument);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("error: ").endsWith("Try 'small --help'.\n").hasLineCount(2);
    }

    @Test
    void anUnknownLogFormatIsWrongUsage() throws Exception {
        Ran ran = run(Map.of("RBEES_LOG_FORMAT", "xml"), "--port", "8001");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).startsWith("error: RBEES_LOG_FORMAT must be text or json (got 'xml')");
    }

    @Test
    void aTakenPortIsWrongUsageInTwoLines() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ran ran = run(Map.of(), "--port", "" + taken.getLocalPort());
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err().lines()).containsExactly(
                    "error: --port " + taken.getLocalPort() + " is in use by another program; choose another",
                    "Try 'small --help'.");
        }
    }

    @Test
    void aPartThatCannotBeMadeEndsTheStartInOneLineWithItsExitCode() throws Exception {
        Ran ran = run(Map.of(), "--port", "" + freePort(), "--broken");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).isEqualTo("error: there is nothing to serve\n");
    }

    @Test
    void servesAndLogsTextToStderrAndEndsOnSigterm() throws Exception {
        int port = freePort();
        Process process = serving(Map.of("RBEES_HOEM", "x"), port);
        assertThat(fault(port)).startsWith("HTTP/1.1 500").containsIgnoringCase("X-Correlation-Id: abc-1")
                .contains("\"code\":\"INTERNAL\"", "\"correlation_id\":\"abc-1\"").doesNotContain("a detail");
        terminate(process);
        Ran ran = ended(process);
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEqualTo("ends\n");
        List<String> lines = ran.err().lines().toList();
        assertThat(lines.getFirst()).contains("WARN ", "RBEES_HOEM has no effect").doesNotEndWith("]");
        assertThat(lines.get(1)).contains("ERROR ").endsWith("GET /fault failed [abc-1]");
        assertThat(lines.get(2)).contains("IllegalStateException: a detail that callers must not see");
    }

    @Test
    void logsOneJsonObjectPerLineWhenAskedFor() throws Exception {
        int port = freePort();
        Process process = serving(Map.of("RBEES_LOG_FORMAT", "json", "RBEES_HOEM", "x"), port);
        fault(port);
        terminate(process);
        List<JsonNode> lines = ended(process).err().lines()
                .map(line -> Json.readTree(line.getBytes(StandardCharsets.UTF_8))).toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().get("level").asString()).isEqualTo("WARN");
        assertThat(lines.getFirst().has("correlation_id")).isFalse();
        assertThat(lines.getLast().get("level").asString()).isEqualTo("ERROR");
        assertThat(lines.getLast().get("message").asString()).isEqualTo("GET /fault failed");
        assertThat(lines.getLast().get("correlation_id").asString()).isEqualTo("abc-1");
        assertThat(lines.getLast().get("stack_trace").asString()).contains("a detail that callers must not see");
    }

    @Test
    void guardsItsDoorAndSpeaksOurJson() throws Exception {
        int port = freePort();
        serving(Map.of(), port);
        assertThat(ask(port, "GET /fault HTTP/1.1", "Host: evil.example", "Connection: close"))
                .startsWith("HTTP/1.1 421").contains("MISDIRECTED_REQUEST").containsIgnoringCase("X-Correlation-Id: ");
        assertThat(ask(port, "GET /fault HTTP/1.0")).contains(" 421 ").contains("MISDIRECTED_REQUEST");
        assertThat(ask(port, "GET /nothing HTTP/1.1", "Host: localhost", "Connection: close"))
                .startsWith("HTTP/1.1 404").contains("\"code\":\"NOT_FOUND\"");
        assertThat(ask(port, "POST /names HTTP/1.1", "Host: [::1]:1", "Content-Type: application/json",
                "Content-Length: 16", "Connection: close", "", "{\"snake_case\":1}"))
                .startsWith("HTTP/1.1 200").endsWith("{\"snake_case\":\"1\"}");
    }
}

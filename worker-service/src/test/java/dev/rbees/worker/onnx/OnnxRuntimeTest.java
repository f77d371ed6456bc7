package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OnnxRuntimeTest {

    /** Starts the runtime; in a process of its own, with an environment that says nothing about telemetry. */
    public static final class Start {
        public static void main(String[] args) throws OrtFailure {
            OnnxRuntime.start();
        }
    }

    @Test
    void startsWithoutTelemetry(@TempDir Path home) throws IOException, InterruptedException {
        // the telemetry of ONNX Runtime leaves a folder in the home, a log among the temporary files, and crashes on
        // command lines as long as this one
        ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + home, "-cp",
                System.getProperty("java.class.path"), Start.class.getName(), "x".repeat(20_000)).inheritIO();
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        builder.environment().remove("CI");
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TMPDIR", home.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        try (var left = Files.walk(home)) {
            assertThat(left.map(Path::toString)).noneMatch(path -> path.contains("Microsoft") || path.contains("mat-"));
        }
    }
}

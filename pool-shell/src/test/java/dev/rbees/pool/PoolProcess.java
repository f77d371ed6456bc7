package dev.rbees.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The real program, run as a process. */
abstract class PoolProcess {

    @TempDir
    Path folder;

    final Map<String, String> environment = new HashMap<>();

    record Ran(int status, String out, String err) {}

    @BeforeEach
    void setHome() {
        environment.put("RBEES_HOME", folder.resolve("home").toString());
        environment.put("HF_ENDPOINT", "http://127.0.0.1:1");
        environment.put("PIP_INDEX_URL", "http://127.0.0.1:1/simple");
    }

    static List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), PoolApplication.class.getName()));
        command.addAll(List.of(words));
        return command;
    }

    /** The same with a text on standard input. */
    Ran runWith(String input, String... words) throws Exception {
        Process process = start(command(words), Files.writeString(folder.resolve("in"), input));
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
        return new Ran(process.exitValue(), Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    Process start(List<String> command) throws IOException {
        return start(command, Path.of("/dev/null"));
    }

    private Process start(List<String> command, Path input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(input.toFile()))
                .redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RBEES_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    Ran run(String... words) throws Exception {
        return runWith("", words);
    }
}

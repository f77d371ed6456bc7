package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.rbees.home.SearchPath;

/**
 * What an installed tool says when it is asked for its settings.
 *
 * @param environment where {@code PATH} says where tools are
 * @param extra variables for the tool
 * @param patience after which it is ended
 */
record ToolOutput(Map<String, String> environment, Map<String, String> extra, Duration patience) {

    private static final int LONGEST = 1024 * 1024;

    /** What it prints; empty when there is no such tool or it cannot be run. */
    Optional<String> of(String program, List<String> arguments) {
        Optional<Path> file = SearchPath.find(program, environment);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(List.of(file.get().toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(extra);
        Process tool;
        try {
            tool = builder.start();
            tool.getOutputStream().close();
        } catch (IOException _) {
            return Optional.empty();
        }
        Thread guard = Thread.ofVirtual().start(() -> endLate(tool));
        try (var out = tool.getInputStream()) {
            return Optional.of(new String(out.readNBytes(LONGEST), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return Optional.empty();
        } finally {
            tool.destroyForcibly();
            guard.interrupt();
        }
    }

    private void endLate(Process tool) {
        try {
            if (!tool.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                tool.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

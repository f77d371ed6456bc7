package dev.rbees.home;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** Asks a program of the machine something, for a bounded time and with a bounded answer. */
public final class OutsideProgram {

    private final Map<String, String> environment;
    private final Duration limit;
    private final int maxBytes;

    /**
     * What a program said.
     *
     * @param status its exit code
     * @param output what it wrote, standard error included
     */
    public record Answer(int status, String output) {

        public boolean done() {
            return status == 0;
        }
    }

    /**
     * @param environment in which it is looked for and run
     * @param limit after which it is killed
     * @param maxBytes of its output that are read; the rest is dropped
     */
    public OutsideProgram(Map<String, String> environment, Duration limit, int maxBytes) {
        this.environment = environment;
        this.limit = limit;
        this.maxBytes = maxBytes;
    }

    /** Runs it in the working directory; empty when it is not there, cannot be run, or takes too long. */
    public Optional<Answer> ask(String program, String... arguments) {
        return ask(null, program, arguments);
    }

    /** Likewise, in a folder. */
    public Optional<Answer> ask(@Nullable Path folder, String program, String... arguments) {
        return SearchPath.find(program, environment).flatMap(file -> run(folder, file, List.of(arguments)));
    }

    private Optional<Answer> run(@Nullable Path folder, Path file, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .directory(folder == null ? null : folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                return await(process);
            } finally {
                // why: what it has started may hold its output open
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Answer> await(Process process) throws InterruptedException {
        // why: a pipe that nobody reads would stop it
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process),
                task -> Thread.ofVirtual().start(task));
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Answer(process.exitValue(), output.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .join()));
        } catch (CompletionException _) {
            return Optional.empty();
        }
    }

    private String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            byte[] text = in.readNBytes(maxBytes);
            in.transferTo(OutputStream.nullOutputStream());
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

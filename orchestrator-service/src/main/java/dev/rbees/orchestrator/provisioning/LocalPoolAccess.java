package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** The {@code rbees-pool} of this installation, as a child process. */
final class LocalPoolAccess implements PoolAccess {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Path program;
    private final Map<String, String> environment;

    /**
     * @param program that is run
     * @param environment all of its environment
     */
    LocalPoolAccess(Path program, Map<String, String> environment) {
        this.program = program;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public int run(List<String> words, Optional<String> firstLine, OutputStream out, OutputStream err) {
        Process process = start(words);
        AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
        try {
            Thread output = pump(process, process.getInputStream(), out, broken);
            Thread errors = pump(process, process.getErrorStream(), err, broken);
            write(process, firstLine);
            int status = process.waitFor();
            output.join();
            errors.join();
            IOException ours = broken.get();
            if (ours != null) {
                throw new UncheckedIOException(ours);
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "rbees-pool on this machine was ended", e);
        } finally {
            end(process);
        }
    }

    private Process start(List<String> words) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(Redirect.PIPE);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.POOL_UNAVAILABLE, "rbees-pool of this installation cannot be started", e);
        }
    }

    private static void write(Process process, Optional<String> firstLine) {
        try (OutputStream input = process.getOutputStream()) {
            if (firstLine.isPresent()) {
                input.write((firstLine.get() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException _) {
            // it ended without reading it; its status tells why
        }
    }

    private static Thread pump(Process process, InputStream from, OutputStream to,
            AtomicReference<@Nullable IOException> broken) {
        return Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[16 * 1024];
            try {
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    try {
                        to.write(buffer, 0, count);
                    } catch (IOException e) {
                        broken.compareAndSet(null, e);
                        process.destroyForcibly();
                        return;
                    }
                }
            } catch (IOException _) {
                // the process is gone; its status tells why
            }
        });
    }

    /** Asks it to end, and makes it end a while later, whatever thread waits. */
    private static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Route route() {
        return Route.WITHIN;
    }
}

package dev.rbees.orchestrator.provisioning;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * A command for the {@code rbees-pool} of a machine, with a limit to its time and to what it may say.
 *
 * @param words its arguments
 * @param firstLine of its standard input; empty for nothing
 * @param limit to its time; it is ended when that has passed
 */
record PoolCall(List<String> words, Optional<String> firstLine, Duration limit) {

    /** Bytes that a command may print. */
    static final int MOST_BYTES = 4 * 1024 * 1024;
    /** A connection that does not close has so long. */
    private static final Duration LAST = Duration.ofSeconds(15);

    /**
     * What came of it.
     *
     * @param exit its exit status
     * @param out what it printed
     * @param complaint the last line that it wrote to standard error; empty for none
     */
    record Result(int exit, String out, String complaint) {}

    /** It printed more than it may. */
    static final class TooMuch extends IOException {
        private static final long serialVersionUID = 1L;

        TooMuch() {
            super("more than " + MOST_BYTES + " bytes");
        }
    }

    PoolCall(List<String> words, Duration limit) {
        this(words, Optional.empty(), limit);
    }

    PoolCall {
        words = List.copyOf(words);
    }

    /**
     * Runs it.
     *
     * @param lines hears each line of standard error, cut to a reasonable length
     * @throws RbeesException TIMEOUT when the limit passed, CANCELLED when this thread was interrupted, else as
     *         {@link PoolAccess#run}
     * @throws UncheckedIOException with {@link TooMuch}
     */
    Result run(PoolAccess access, Consumer<String> lines) {
        BoundedOutput out = new BoundedOutput();
        ProgressLines err = new ProgressLines(lines);
        FutureTask<Integer> task = new FutureTask<>(() -> access.run(words, firstLine, out, err));
        Thread thread = Thread.ofVirtual().name("pool-command").start(task);
        int exit = await(task, thread);
        err.end();
        return new Result(exit, out.text(), err.last());
    }

    /** why: with the interruption the command is told to end, and only when that is done may another one follow. */
    private int await(FutureTask<Integer> task, Thread thread) {
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | CancellationException e) {
            end(thread);
            throw new RbeesException(ErrorCode.TIMEOUT, "rbees-pool did not end within " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            end(thread);
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "the orchestrator is closing", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException told -> throw told;
                case Error fault -> throw fault;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static void end(Thread thread) {
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(LAST);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps what comes, up to the bound. */
    private static final class BoundedOutput extends java.io.OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) throws IOException {
            if (kept.size() + count > MOST_BYTES) {
                throw new TooMuch();
            }
            kept.write(bytes, from, count);
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}

package dev.rbees.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.sshd.client.channel.ChannelExec;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;

/**
 * One script that runs on the other machine. Both outputs are read by threads of their own, so that a slow reader of one
 * command slows the server down for this channel and for no other.
 */
final class RemoteRun {

    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int BUFFER = 32 * 1024;
    private static final int SIGNALLED = 128;
    /** The numbers that POSIX gives to the names that SSH knows signals by. */
    private static final Map<String, Integer> SIGNALS = Map.ofEntries(Map.entry("HUP", 1), Map.entry("INT", 2),
            Map.entry("QUIT", 3), Map.entry("ILL", 4), Map.entry("TRAP", 5), Map.entry("ABRT", 6), Map.entry("BUS", 7),
            Map.entry("FPE", 8), Map.entry("KILL", 9), Map.entry("USR1", 10), Map.entry("SEGV", 11), Map.entry("USR2", 12),
            Map.entry("PIPE", 13), Map.entry("ALRM", 14), Map.entry("TERM", 15));

    /**
     * What is to run.
     *
     * @param program as it is called in messages
     * @param script for sh, which says the marker right before the program
     */
    record Job(String program, String script, StartMarker marker) {}

    /** What the script gets on its standard input. */
    interface Input {
        /** Writes all of it; a stream that stays open afterwards is the lease. */
        void writeTo(OutputStream channel) throws IOException;
    }

    private final ChannelExec channel;
    private final SshFailures failures;
    private final String program;
    private final MarkedOutput out;
    private final MarkedOutput err;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** What went wrong on our side: the caller's own streams. */
    private final AtomicReference<@Nullable IOException> ours = new AtomicReference<>();

    /**
     * @param channel that is open
     * @param job whose script it is
     */
    RemoteRun(ChannelExec channel, SshFailures failures, Job job, OutputStream out, OutputStream err) {
        this.channel = channel;
        this.failures = failures;
        this.program = job.program();
        StartMarker marker = job.marker();
        this.out = new MarkedOutput(marker, out);
        this.err = new MarkedOutput(marker, err);
        channel.addCloseFutureListener(_ -> closed.countDown());
    }

    /**
     * Waits for the end of the script.
     *
     * @return its exit status
     * @throws InterruptedException when the thread was interrupted; the script is told to end
     */
    int run(Input input) throws InterruptedException, IOException {
        Thread reader = pump(channel.getInvertedOut(), out);
        Thread errorReader = pump(channel.getInvertedErr(), err);
        Thread writer = Thread.ofVirtual().start(() -> feed(input));
        try {
            reader.join();
            errorReader.join();
            closed.await();
            return status();
        } finally {
            writer.interrupt();
            close();
        }
    }

    private Thread pump(InputStream from, MarkedOutput to) {
        return Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[BUFFER];
            while (true) {
                int count;
                try {
                    count = from.read(buffer);
                } catch (IOException _) {
                    return; // the channel is gone; its status tells how
                }
                if (count < 0) {
                    return;
                }
                try {
                    to.write(buffer, count);
                } catch (IOException e) {
                    ours.compareAndSet(null, e);
                    channel.close(false);
                    return;
                }
            }
        });
    }

    private void feed(Input input) {
        OutputStream to = channel.getInvertedIn();
        try {
            input.writeTo(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    try {
                        to.write(bytes, from, count);
                    } catch (IOException e) {
                        throw new EndedException(e);
                    }
                }

                @Override
                public void flush() throws IOException {
                    to.flush();
                }

                @Override
                public void close() throws IOException {
                    to.close();
                }
            });
        } catch (EndedException _) {
            // the script did not want all of it; its status tells why
        } catch (IOException e) {
            ours.compareAndSet(null, e);
            channel.close(false);
        }
    }

    /** The other side takes no more input. */
    private static final class EndedException extends IOException {
        private static final long serialVersionUID = 1L;

        EndedException(Throwable cause) {
            super(cause);
        }
    }

    private int status() throws IOException {
        IOException local = ours.get();
        if (local != null) {
            throw new UncheckedIOException(local);
        }
        Integer status = channel.getExitStatus();
        String signal = channel.getExitSignal();
        if (status == null && signal == null) {
            throw new IOException("the channel was closed without an exit status");
        }
        int code = status == null ? SIGNALLED + SIGNALS.getOrDefault(String.valueOf(signal), 0) : status;
        if (out.isAbsent() || err.isAbsent()) {
            return RemoteCommand.NOT_FOUND;
        }
        if (!out.hasStarted() && !err.hasStarted()) {
            throw notStarted(code);
        }
        return code;
    }

    private RbeesException notStarted(int code) {
        return failures.notStarted(program, code, err.firstLine().isEmpty() ? out.firstLine() : err.firstLine());
    }

    private void close() {
        // why: at once and without telling the server would leave its slot in use, and the program there running
        channel.close(false);
        boolean interrupted = false;
        long end = System.nanoTime() + CLOSE.toNanos();
        while (closed.getCount() > 0 && System.nanoTime() < end) {
            try {
                if (closed.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (closed.getCount() > 0) {
            channel.close(true);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a thread was interrupted while it waited for the library. */
    static boolean isInterruption(IOException e) {
        return e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException);
    }
}

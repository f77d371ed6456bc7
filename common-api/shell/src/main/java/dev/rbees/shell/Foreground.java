package dev.rbees.shell;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ExitCode;

/**
 * The command that runs in the interactive shell. Each has a virtual thread of its own, because that is one whose waiting for
 * a connection can be interrupted as well. {@link #interrupt} is for any thread, the rest for the main thread.
 */
final class Foreground {

    /** How long a command may take from its last word to the end of its thread. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private final Console console;
    private volatile @Nullable Command running;

    /** A command and what is known of its end. */
    private static final class Command {

        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private final Thread thread;
        private volatile boolean interrupted;

        private Command(IntSupplier work) {
            thread = Thread.ofVirtual().name("command").unstarted(() -> {
                try {
                    end.complete(work.getAsInt());
                } catch (RuntimeException | Error e) {
                    end.completeExceptionally(e);
                }
            });
        }

        /** Asks it to end; if that has been asked already, no longer waits for it. */
        private void interrupt() {
            if (interrupted) {
                end.complete(ExitCode.INTERRUPTED.code());
            }
            interrupted = true;
            thread.interrupt();
        }
    }

    Foreground(Console console) {
        this.console = console;
    }

    /** Runs a command to its end and gives its exit code, 130 when it was interrupted. */
    int run(IntSupplier work) throws ExecutionException, InterruptedException {
        Command command = new Command(work);
        running = command;
        command.thread.start();
        try {
            int code = command.end.get();
            if (command.interrupted || code == ExitCode.INTERRUPTED.code()) {
                console.say(command.thread.isAlive() && !command.thread.join(SETTLING)
                        ? "it cannot be interrupted and goes on until it is done or this shell is left"
                        : "interrupted (exit code " + ExitCode.INTERRUPTED.code() + ")");
                return ExitCode.INTERRUPTED.code();
            }
            return code;
        } finally {
            running = null;
        }
    }

    /** Ctrl-C: ends what runs. A second time, for a command that does not end, gives the prompt back without its end. */
    void interrupt() {
        Command command = running;
        if (command != null) {
            command.interrupt();
        }
    }
}

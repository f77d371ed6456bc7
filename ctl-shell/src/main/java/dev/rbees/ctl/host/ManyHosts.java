package dev.rbees.ctl.host;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;

/**
 * Does the same on several machines at a time, on threads of its own; what fails on one does not disturb the others.
 *
 * @param talk takes what they say, a line at a time with the machine's name before it; from any thread
 */
public record ManyHosts(Consumer<String> talk) {

    /** So many machines are busy at a time. */
    private static final int WIDTH = 16;
    private static final String ERROR = "error: ";

    /** What is done on one of them. */
    @FunctionalInterface
    public interface Work {

        /**
         * Does it.
         *
         * @return the exit code
         * @throws RbeesException when it fails
         */
        int on(PoolTarget target, OutputStream out, OutputStream err);
    }

    /**
     * Waits for all of them.
     *
     * @return one for each machine, in their order
     * @throws RbeesException CANCELLED when the thread was interrupted; what runs has been told to end
     */
    public List<HostRun> run(List<PoolTarget> targets, Work work) {
        ExecutorService threads = Executors.newFixedThreadPool(WIDTH, Thread.ofVirtual().factory());
        try {
            List<Future<HostRun>> running = new ArrayList<>();
            targets.forEach(target -> running.add(threads.submit(() -> on(target, work))));
            List<HostRun> runs = new ArrayList<>();
            for (Future<HostRun> run : running) {
                runs.add(run.get());
            }
            return runs;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private HostRun on(PoolTarget target, Work work) {
        CapturedOutput out = new CapturedOutput();
        CapturedOutput err = new CapturedOutput();
        try (PrefixedStream said = new PrefixedStream(target.name(), talk)) {
            int code = work.on(target, out, new BothStreams(said, err));
            return new HostRun(target.name(), code, out.text(), err.lastLine(ERROR), null);
        } catch (UsageException e) {
            talk.accept(ERROR + target.name() + ": " + e.userMessage());
            return new HostRun(target.name(), ExitCode.USAGE.code(), "", e.userMessage(), null);
        } catch (RbeesException e) {
            talk.accept(ERROR + target.name() + ": " + Printable.line(e.userMessage()));
            return new HostRun(target.name(), e.code().exitCode().code(), "", "", e);
        }
    }

    /** The gravest exit code of all. */
    public static int gravest(List<HostRun> runs) {
        return runs.stream().mapToInt(HostRun::code).reduce(ExitCode.OK.code(), GravestExit::of);
    }
}

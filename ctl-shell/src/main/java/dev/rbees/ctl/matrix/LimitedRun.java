package dev.rbees.ctl.matrix;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Work that can be interrupted, with a limit to its time. */
final class LimitedRun {

    private LimitedRun() {}

    /**
     * Does it on a thread of its own.
     *
     * @param what it is, for the message
     * @throws RbeesException TIMEOUT after the limit, CANCELLED when this thread was interrupted; the work is interrupted then
     */
    static <T> T within(Duration limit, String what, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            task.cancel(true);
            throw new RbeesException(ErrorCode.TIMEOUT, "'" + what + "' took longer than " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "'" + what + "' was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new RbeesException(ErrorCode.INTERNAL, "'" + what + "' cannot be run: " + e.getCause(), e);
        } catch (CancellationException e) {
            throw new IllegalStateException("nobody else cancels it", e);
        }
    }
}

package dev.rbees.worker.generation;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * The thread that reads prompts: it runs one piece at a time, which the batch thread hands to it, and decides nothing. Whatever
 * escapes from a piece ends the program.
 */
final class PrefillThread implements AutoCloseable {

    /** why: there is never more than one, because the batch thread hands over the next when it has heard of the last. */
    private final BlockingQueue<Runnable> handed = new ArrayBlockingQueue<>(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final OwnerThread thread;
    private boolean started;

    /** @param liveness hears of what escapes */
    PrefillThread(Liveness liveness) {
        this.thread = new OwnerThread("prefill", liveness, this::work);
    }

    void start() {
        started = true;
        thread.start();
    }

    private void work() throws InterruptedException {
        try {
            while (!thread.closing()) {
                handed.take().run();
            }
        } finally {
            ended.complete(null);
        }
    }

    /**
     * Runs a piece soon; does not wait.
     *
     * @throws IllegalStateException when another one waits: a fault of ours
     */
    void hand(Runnable piece) {
        handed.add(piece);
    }

    /** Asks the thread to end, and returns when it has; what runs in it is not cut short by this. */
    @Override
    public void close() {
        thread.interrupt();
        // why: not interruptible, because afterwards the model is freed
        if (started) {
            ended.join();
        }
    }
}

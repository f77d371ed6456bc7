package dev.rbees.thread;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The life of one named thread that owns a state: it starts once, is asked to end once, and whatever escapes from its work ends the
 * program through {@link Liveness}. Every named thread of the daemons is one of these.
 */
public final class OwnerThread implements AutoCloseable {

    /** What the thread does from its start to its end. It returns when {@link #closing} says so. */
    @FunctionalInterface
    public interface Work {
        /** @throws Exception anything, which ends the program */
        void run() throws Exception;
    }

    /** What the thread does again and again, with a pause in between. */
    @FunctionalInterface
    public interface Beat {
        /** @throws Exception anything, which ends the program */
        void run() throws Exception;
    }

    private final Liveness liveness;
    private final Ownership ownership;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param name of the thread, unique in the program
     * @param liveness hears of a failure
     * @param work what it does
     */
    public OwnerThread(String name, Liveness liveness, Work work) {
        this.liveness = liveness;
        this.ownership = new Ownership("what is owned by " + name);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(work));
    }

    /**
     * A thread that runs {@code beat} after each {@code pause}, until it is closed.
     *
     * @param pause at least one millisecond
     */
    public static OwnerThread beating(String name, Liveness liveness, Duration pause, Beat beat) {
        Beating work = new Beating(pause, beat);
        OwnerThread thread = new OwnerThread(name, liveness, work);
        work.thread = thread;
        return thread;
    }

    private static final class Beating implements Work {
        private final Duration pause;
        private final Beat beat;
        private OwnerThread thread;

        @SuppressWarnings("NullAway.Init") // why: set before the thread starts
        Beating(Duration pause, Beat beat) {
            this.pause = pause;
            this.beat = beat;
        }

        @Override
        public void run() throws Exception {
            while (!thread.closesWithin(pause)) {
                beat.run();
            }
        }
    }

    private void run(Work work) {
        ownership.claim();
        try {
            work.run();
        } catch (InterruptedException e) {
            if (!closing()) {
                liveness.failed(thread.getName(), e);
            }
        } catch (Throwable e) {
            liveness.failed(thread.getName(), e);
        }
    }

    /** Begins; once. */
    public OwnerThread start() {
        thread.start();
        return this;
    }

    /** Returns at once where the calling thread is this one, or this one was never started; see {@link Ownership#check}. */
    public void check() {
        ownership.check();
    }

    /** Whether the thread is asked to end. */
    public boolean closing() {
        return closing.getCount() == 0;
    }

    /** Waits for that long, or until the thread is asked to end; whether it is. */
    public boolean closesWithin(Duration pause) throws InterruptedException {
        return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Asks the thread to end, and wakes it where it waits in something that can be interrupted. Does not wait for it. */
    public void interrupt() {
        closing.countDown();
        thread.interrupt();
    }

    /** Asks the thread to end and waits until it has; at once when it was never started, or is the calling one. */
    @Override
    public void close() {
        closing.countDown();
        if (thread == Thread.currentThread() || thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.rbees.thread;

import org.jspecify.annotations.Nullable;

/**
 * Says which thread may touch a state, and checks it: one comparison at each public entry of what is owned.
 *
 * <p>
 * Until a thread claims it, whoever builds the state may touch it; afterwards the owner alone.
 */
public final class Ownership {

    private final String what;
    private volatile @Nullable Thread owner;

    /** @param what the state, as the message of a violation names it */
    public Ownership(String what) {
        this.what = what;
    }

    /**
     * From now on the state belongs to the calling thread.
     *
     * @throws IllegalStateException when another thread that still lives owns it
     */
    public void claim() {
        Thread before = owner;
        if (before != null && before != Thread.currentThread() && before.isAlive()) {
            throw violation(before);
        }
        owner = Thread.currentThread();
    }

    /**
     * Returns when the calling thread may touch the state.
     *
     * @throws IllegalStateException when it belongs to another thread: a fault of ours
     */
    public void check() {
        Thread now = owner;
        if (now != null && now != Thread.currentThread()) {
            throw violation(now);
        }
    }

    private IllegalStateException violation(Thread holder) {
        return new IllegalStateException(
                "%s belongs to the thread %s and was touched by %s".formatted(what, holder.getName(),
                        Thread.currentThread().getName()));
    }
}

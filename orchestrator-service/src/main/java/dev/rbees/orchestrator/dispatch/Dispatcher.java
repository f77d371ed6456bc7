package dev.rbees.orchestrator.dispatch;

/** Gives work to workers. */
public interface Dispatcher {

    /**
     * Begins an attempt. Returns at once, never throws, and calls the listener on other threads only.
     *
     * @return ends the attempt, from any thread and as often as one likes: the worker is told by the end of the connection, and the
     *         listener hears nothing more but what it is being told at that moment
     */
    Runnable begin(AttemptOrder order, AttemptListener listener);
}

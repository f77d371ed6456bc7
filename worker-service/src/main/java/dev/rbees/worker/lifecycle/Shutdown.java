package dev.rbees.worker.lifecycle;

/** Ends the program, after what runs has ended. */
@FunctionalInterface
public interface Shutdown {
    void begin();
}

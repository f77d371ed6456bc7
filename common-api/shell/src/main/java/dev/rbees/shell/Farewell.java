package dev.rbees.shell;

import java.util.function.Supplier;

/**
 * What to say when a piece of work is ended in the middle: by Ctrl-C or a signal that ends the program, or in the interactive
 * shell by Ctrl-C that interrupts the thread.
 */
public final class Farewell implements AutoCloseable {

    private final Runnable words;
    private final Thread hook;

    private Farewell(Runnable words) {
        this.words = words;
        this.hook = Thread.ofPlatform().unstarted(words);
    }

    /** @param line is only asked for when it is needed */
    public static Farewell saying(Console console, Supplier<String> line) {
        Farewell farewell = new Farewell(() -> {
            console.err().println();
            console.say(line.get());
        });
        Runtime.getRuntime().addShutdownHook(farewell.hook);
        return farewell;
    }

    /** The work is over: nothing more will be said, and something now only when it was interrupted. */
    @Override
    public void close() {
        if (Thread.currentThread().isInterrupted()) {
            words.run();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the program is ending, and the hook runs
        }
    }
}

package dev.rbees.shell;

import java.util.function.Supplier;

/** What to say when the program is ended by Ctrl-C or a signal in the middle of a piece of work. */
public final class Farewell implements AutoCloseable {

    private final Thread hook;

    private Farewell(Thread hook) {
        this.hook = hook;
    }

    /** @param line is only asked for when it is needed */
    public static Farewell saying(Console console, Supplier<String> line) {
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            console.err().println();
            console.say(line.get());
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return new Farewell(hook);
    }

    /** The work is done: nothing will be said. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the program is ending, and the hook runs
        }
    }
}

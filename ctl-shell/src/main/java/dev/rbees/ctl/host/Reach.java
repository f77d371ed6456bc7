package dev.rbees.ctl.host;

import java.util.Optional;

/**
 * A way from a port of this machine's loopback address to one of a machine's.
 *
 * @param port of this machine
 * @param end gives it up
 */
public record Reach(int port, Runnable end) implements AutoCloseable {

    /** A port of this machine itself. */
    public static Reach direct(int port) {
        return new Reach(port, () -> {
        });
    }

    /** Where to connect to. */
    public String base() {
        return "http://127.0.0.1:" + port;
    }

    /** What {@code ps -o rss=} says, in bytes; empty when it says nothing. */
    public static Optional<Long> kibibytes(String said) {
        return Optional.of(said.strip()).filter(text -> text.matches("[0-9]{1,15}"))
                .map(text -> Long.parseLong(text) * 1024);
    }

    @Override
    public void close() {
        end.run();
    }
}

package dev.rbees.orchestrator.relay;

import java.io.IOException;

/** A reader took nothing for too long and was cut off; it may come back with {@code Last-Event-ID}. */
final class SlowReader extends IOException {

    private static final long serialVersionUID = 1L;

    SlowReader() {
        super("the reader took nothing for too long");
    }
}

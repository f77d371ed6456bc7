package dev.rbees.orchestrator.relay;

import java.util.List;

import dev.rbees.orchestrator.events.LoggedEvent;

/** What a reader of a log is given. */
public sealed interface Relayed {

    /** The first that every reader is given: the log is there, and nothing of it has been given yet. */
    enum Opened implements Relayed {
        OPENED
    }

    /**
     * What happened, in order.
     *
     * @param all one event or several that came together
     */
    record Events(List<LoggedEvent> all) implements Relayed {}

    /** Nothing happened for a while; the connection is to be shown to live. */
    enum Quiet implements Relayed {
        QUIET
    }

    /** The last that is given of an unfinished log: the orchestrator closes. The task goes on after the restart. */
    enum Closing implements Relayed {
        CLOSING
    }
}

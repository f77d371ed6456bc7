package dev.rbees.orchestrator.queue;

import java.util.Locale;

/** What happens to a new task when the queue is full. */
public enum FullQueue {

    /** It is refused. */
    REJECT,
    /** The batch task that has waited longest is given up for it. */
    DROP_LRU,
    /** For an interactive one, the batch task that came last is given up. */
    SHED_LOW_PRIORITY;

    /** As options say it, for example {@code drop-lru}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

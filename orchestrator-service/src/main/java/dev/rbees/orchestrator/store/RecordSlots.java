package dev.rbees.orchestrator.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;

/**
 * Records of which only the last state matters, on their way into the database: a slot for each, so that whoever changes one never
 * waits, and as much waits as there are records. Any thread.
 */
final class RecordSlots {

    private static final Logger LOG = LoggerFactory.getLogger(RecordSlots.class);
    private static final int AT_ONCE = 500;

    private record Slot(String table, String id) {}

    private final StoreWriter writer;
    private final Map<Slot, Work> waiting = new LinkedHashMap<>();
    private boolean scheduled;

    RecordSlots(StoreWriter writer) {
        this.writer = writer;
    }

    /** Writes the record soon, in place of what waits of it. */
    synchronized void put(String table, String id, Work work) {
        waiting.put(new Slot(table, id), work);
        schedule();
    }

    /** Tries again where the writer had no room. */
    synchronized void schedule() {
        if (!scheduled && !waiting.isEmpty()) {
            try {
                writer.write(write(AT_ONCE));
                scheduled = true;
            } catch (RbeesException e) {
                LOG.debug("{} records wait for the writer", waiting.size());
            }
        }
    }

    /** why: it may run again when the storage is in trouble, and then has to do the same. */
    private Write write(int most) {
        List<Work> taken = new ArrayList<>();
        return new Write(statements -> {
            if (taken.isEmpty()) {
                take(taken, most);
            }
            for (Work work : taken) {
                work.run(statements);
            }
        }, false, () -> {
        }, null);
    }

    private synchronized void take(List<Work> taken, int most) {
        var slots = waiting.values().iterator();
        while (slots.hasNext() && taken.size() < most) {
            taken.add(slots.next());
            slots.remove();
        }
        scheduled = false;
        schedule();
    }

    /** Hands all in that waits. Before the writer is closed. */
    void flush() {
        writer.writeForSure(write(Integer.MAX_VALUE));
    }
}

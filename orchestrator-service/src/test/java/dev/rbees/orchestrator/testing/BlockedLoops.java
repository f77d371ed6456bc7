package dev.rbees.orchestrator.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import reactor.blockhound.BlockHound;

/**
 * Writes down where an event loop of this process waited. It throws nothing, because other tests run in the same process, and
 * cannot be taken back.
 */
public final class BlockedLoops {

    private static final int MOST = 1_000;
    private static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());
    private static boolean installed;

    private BlockedLoops() {}

    /** Begins, or begins anew. */
    public static synchronized void watch() {
        if (!installed) {
            installed = true;
            BlockHound.builder().loadIntegrations()
                    .blockingMethodCallback(method -> see(method.toString()))
                    // why: a class is loaded once, and the log is written to a terminal or a file
                    .allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
                    .allowBlockingCallsInside("jdk.internal.loader.BuiltinClassLoader", "loadClass")
                    .allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
                    // why: a write to the journal only copies into the memory of the system; docs/CONCURRENCY.md says so
                    .allowBlockingCallsInside("dev.rbees.orchestrator.store.EventJournal", "append")
                    .install();
        }
        SEEN.clear();
    }

    private static void see(String method) {
        if (SEEN.size() < MOST) {
            StringBuilder where = new StringBuilder(Thread.currentThread().getName() + " in " + method);
            StackWalker.getInstance().forEach(frame -> {
                if (frame.getClassName().startsWith("dev.rbees")
                        && !frame.getClassName().equals(BlockedLoops.class.getName())) {
                    where.append("\n  at ").append(frame);
                }
            });
            SEEN.add(where.toString());
        }
    }

    /** Where they waited since {@link #watch}. */
    public static List<String> seen() {
        return List.copyOf(SEEN);
    }
}

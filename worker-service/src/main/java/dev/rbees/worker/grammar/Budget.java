package dev.rbees.worker.grammar;

import java.util.function.LongSupplier;

/** What is left of the time and the nodes that the compilation of one schema may cost. */
final class Budget {

    /** why: reading the clock for every step would cost more than the step. */
    private static final int STEPS_PER_LOOK = 256;

    private final LongSupplier nanoClock;
    private final long began;
    private int nodes;
    private int steps;

    Budget(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.began = nanoClock.getAsLong();
    }

    /** Counts one step of work. */
    void step() {
        if (++steps % STEPS_PER_LOOK == 0) {
            checkTime();
        }
    }

    /** Counts one node of the automaton. */
    void node() {
        step();
        if (nodes == GrammarLimits.NODES) {
            throw SchemaProblem.tooLarge("needs more than " + GrammarLimits.NODES
                    + " states; make it smaller, or its bounds, enums and patterns simpler");
        }
        nodes++;
    }

    void checkTime() {
        if (nanoClock.getAsLong() - began > GrammarLimits.COMPILE_TIME.toNanos()) {
            throw SchemaProblem.tooLarge("takes more than " + GrammarLimits.COMPILE_TIME.toMillis()
                    + " ms to compile; make it smaller, or its bounds, enums and patterns simpler");
        }
    }
}

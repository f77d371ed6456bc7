package dev.rbees.worker.generation;

/** Hears of every generation that ended, before its last event: whoever reads that may send the next request. */
@FunctionalInterface
interface GenerationEnd {
    void ended(Generation generation, Outcome outcome);
}

package dev.rbees.worker.template;

/** What a name stands for that nobody set. It writes nothing and counts as false. */
enum Undefined {
    UNDEFINED
}

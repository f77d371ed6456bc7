package dev.rbees.worker.tokenizer;

/** The part of a tokenizer that turns words into ids. Safe for many threads; each takes an encoder of its own. */
interface TokenModel {

    /** For one thread, with the memory that it needs between words. */
    WordEncoder encoder();

    interface WordEncoder {
        /** Appends the ids of a word that is not empty. */
        void encode(String word, IntList ids);
    }
}

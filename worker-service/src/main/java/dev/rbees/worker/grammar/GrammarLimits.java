package dev.rbees.worker.grammar;

import java.time.Duration;

/** What a schema may cost and how long its values may become. Documented for callers: change the page with the number. */
final class GrammarLimits {

    /** The longest schema, in bytes of compact JSON. */
    static final int SCHEMA_BYTES = 64 * 1024;
    /** The deepest nesting of a schema, and of alternatives within alternatives. */
    static final int SCHEMA_NESTING = 48;
    /** The longest chain of references from one schema to the next. */
    static final int REFERENCE_CHAIN = 64;
    static final int PROPERTIES = 500;
    static final int ENUM_VALUES = 1000;
    /** Alternatives of one schema after allOf, anyOf and oneOf are multiplied out. */
    static final int ALTERNATIVES = 256;
    static final int PATTERN_LENGTH = 1000;
    /** States of the automaton of one pattern, before and after it is made deterministic. */
    static final int PATTERN_STATES = 4000;
    /** Nodes of the automaton of one schema. */
    static final int NODES = 150_000;
    static final Duration COMPILE_TIME = Duration.ofSeconds(2);
    static final int MULTIPLE_OF = 1000;

    /** The deepest nesting of arrays and objects with texts in an answer; without texts it is one more. */
    static final int DEPTH = 32;
    /** Open rules at one time: a text or a number stands inside the deepest array. */
    static final int FRAMES = DEPTH + 1;
    /** The longest text, in characters, where maxLength is absent or larger. */
    static final int TEXT = 16_384;
    /** The longest name of a property that the schema does not name, in characters. */
    static final int NAME = 128;
    /** Digits before the point, and digits behind it. */
    static final int DIGITS = 18;
    /** Digits of an exponent. */
    static final int EXPONENT_DIGITS = 2;

    /** Different masks that are kept for one grammar, in bytes. */
    static final int MASK_BYTES = 4 * 1024 * 1024;
    /** States of the automaton of tokens that are kept for one grammar. */
    static final int STATES = 4096;
    /** Compiled grammars that are kept for one model. */
    static final int GRAMMARS = 8;

    private GrammarLimits() {}
}

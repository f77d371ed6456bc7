package dev.rbees.worker.grammar;

import dev.rbees.api.error.RbeesException;

/** The ways in which a schema is refused. Every message names the place in the schema as a JSON pointer. */
final class SchemaProblem {

    static final String FIELD = "response_format.json_schema.schema";

    private static final int SHOWN = 200;

    private SchemaProblem() {}

    /** A keyword, or a form of it, that cannot be kept to exactly. */
    static RbeesException unsupported(String pointer, String keyword, String why) {
        return RbeesException.invalid(FIELD, "supported_keyword",
                "the schema's keyword " + brief(keyword) + " at #" + brief(pointer)
                        + " is not supported: " + why);
    }

    /** A schema that says what no value can keep to. */
    static RbeesException impossible(String pointer, String why) {
        return RbeesException.invalid(FIELD, "satisfiable", "the schema at #" + brief(pointer) + " allows no value: " + why);
    }

    /** A schema that is not one. */
    static RbeesException malformed(String why) {
        return RbeesException.invalid(FIELD, "json_schema", "not a JSON Schema (2020-12): " + brief(why));
    }

    /** A schema beyond a limit; the text goes on after "the schema". */
    static RbeesException tooLarge(String why) {
        return RbeesException.invalid(FIELD, "limit", "the schema " + why);
    }

    /** Somebody else's text, short and harmless enough for a message. */
    static String brief(String text) {
        String printable = text.replaceAll("[^\\p{Print}]", "?");
        return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "…";
    }
}

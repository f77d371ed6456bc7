package dev.rbees.api;

import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Names of models, pools and workers. They become file names and remote arguments, so they are held to a plain form. */
public final class Ids {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern CORRELATION = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private Ids() {}

    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** @throws RbeesException INVALID_REQUEST when it is none */
    public static String require(String field, String text) {
        if (!isId(text)) {
            throw RbeesException.invalid(field, "identifier", field
                    + " must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
        }
        return text;
    }

    /** The id that a client gave for its request, if it is one we pass on. */
    public static boolean isCorrelationId(String text) {
        return CORRELATION.matcher(text).matches();
    }

    /** A code of the enum by its name; a name that this version does not know is an internal fault of the other side. */
    public static ErrorCode errorCode(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL;
    }
}

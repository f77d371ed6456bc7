package dev.rbees.worker.model;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;

/**
 * A model that cannot be loaded. This is the one place through which what stands in a model's files gets into messages, logs and
 * {@code /health}: such texts come from anybody, and here they lose what moves a terminal's cursor, and their length.
 */
public final class ModelFault {

    private ModelFault() {}

    /**
     * MODEL_LOAD_FAILED.
     *
     * @param message what is wrong and what to do about it; may quote the model's files as they are
     */
    public static RbeesException of(String message) {
        return of(message, null);
    }

    /** The same with its cause, which is for logs of ours only. */
    public static RbeesException of(String message, @Nullable Throwable cause) {
        return new RbeesException(ErrorCode.MODEL_LOAD_FAILED, Printable.message(message), cause);
    }

    /** Whether loading a model failed with this. */
    public static boolean is(RbeesException failure) {
        return failure.code() == ErrorCode.MODEL_LOAD_FAILED;
    }

    /** A file of several is not there. */
    static RbeesException missing(String file) {
        return of("the model's file " + file + " is missing: its weights are several files, and all must lie in one folder;"
                + " download or copy it too");
    }
}

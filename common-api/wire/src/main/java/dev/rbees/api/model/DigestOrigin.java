package dev.rbees.api.model;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** Who says which digests the files of a model must have. */
public enum DigestOrigin {
    /** This version of rbees, or whoever registered the model. */
    CATALOG,
    /** The source, before it gave the files. */
    SOURCE,
    /** Nobody: they are those of the files that came first, or that were imported. */
    FIRST_DOWNLOAD;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

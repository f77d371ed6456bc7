package dev.rbees.api.model;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;

/**
 * A file of a model.
 *
 * @param name path below the model's folder, without dot segments
 * @param sizeBytes of the file, null when that is only known after the download
 * @param sha256 of the file, hex; null when that is only known after the download
 * @param gitBlob name that git gives the file's bytes, hex; null where a source does not tell it
 * @param sources where this file can be had, in the order to try; empty for those of the model
 */
public record ModelFile(String name, @Nullable Long sizeBytes, @Nullable String sha256, @Nullable String gitBlob,
        List<String> sources) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern GIT_BLOB = Pattern.compile("[0-9a-f]{40}");

    @SuppressWarnings("NullAway") // why: a file of an earlier version names no sources
    public ModelFile {
        ModelRef.requirePlainPath(name);
        sources = sources == null ? List.of() : List.copyOf(sources);
        sources.forEach(ModelRef::parse);
        if (sizeBytes != null && sizeBytes < 0) {
            throw RbeesException.invalid("size_bytes", "range", "the size of a model's file is not negative");
        }
        require(sha256, SHA256, "sha256");
        require(gitBlob, GIT_BLOB, "git_blob");
    }

    /** A file whose size and digest are known, from the sources of its model. */
    public ModelFile(String name, long sizeBytes, String sha256) {
        this(name, sizeBytes, sha256, null, List.of());
    }

    private static void require(@Nullable String digest, Pattern form, String field) {
        if (digest != null && !form.matcher(digest).matches()) {
            throw RbeesException.invalid(field, "digest", "the " + field + " of a model's file is lower-case hex");
        }
    }

    /** Whether it is known which bytes it must have. */
    public boolean exact() {
        return sizeBytes != null && sha256 != null;
    }

    /** The same file, of which it is known now what it is. */
    public ModelFile found(long size, String digest) {
        return new ModelFile(name, size, digest, null, sources);
    }
}

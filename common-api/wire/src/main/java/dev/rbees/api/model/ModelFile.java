package dev.rbees.api.model;

/**
 * A file of a model.
 *
 * @param name path below the model's folder, without dot segments
 * @param sizeBytes of the file
 * @param sha256 of the file, hex
 */
public record ModelFile(String name, long sizeBytes, String sha256) {

    public ModelFile {
        ModelRef.requirePlainPath(name);
    }
}

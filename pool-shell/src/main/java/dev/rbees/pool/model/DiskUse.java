package dev.rbees.pool.model;

/**
 * What takes room on the disk.
 *
 * @param name of the model; for what belongs to none, of the folder
 * @param kind {@code model}, {@code unfinished} or {@code cache}
 * @param sizeBytes of all its files
 * @param path where they are
 */
public record DiskUse(String name, String kind, long sizeBytes, String path) {}

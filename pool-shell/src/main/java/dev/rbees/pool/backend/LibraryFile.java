package dev.rbees.pool.backend;

/**
 * A library of a backend, as the record of its folder names it.
 *
 * @param name of the file
 * @param sizeBytes of the file
 * @param sha256 hex
 */
record LibraryFile(String name, long sizeBytes, String sha256) {}

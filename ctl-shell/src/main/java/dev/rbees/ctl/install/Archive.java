package dev.rbees.ctl.install;

import java.nio.file.Path;

/**
 * What is sent to a machine.
 *
 * @param file a compressed tar archive
 * @param bytes its size
 * @param sha256 its digest
 * @param unpacked bytes of the files in it
 */
record Archive(Path file, long bytes, String sha256, long unpacked) {}

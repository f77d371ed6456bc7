package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How patient a download is, and how much room it leaves.
 *
 * @param tries in a row that bring less than a megabyte, before it gives up
 * @param stall how long nothing may come
 * @param firstPause before the second try; doubled for each further one
 * @param reserveBytes of the disk that stay free
 * @param freeBytes of the file system that holds a folder
 */
record DownloadLimits(int tries, Duration stall, Duration firstPause, long reserveBytes, FreeBytes freeBytes) {

    static final DownloadLimits DEFAULT = new DownloadLimits(6, Duration.ofSeconds(30), Duration.ofMillis(500),
            256_000_000, folder -> Files.getFileStore(folder).getUsableSpace());

    /** Tells the free bytes of a file system. */
    @FunctionalInterface
    interface FreeBytes {
        long of(Path folder) throws IOException;
    }

    Duration pause(int failures) {
        return firstPause.multipliedBy(1L << Math.min(failures - 1, 5));
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.render.Amounts;

/**
 * How patient a download is, and how much room it leaves.
 *
 * @param tries in a row that bring less than a megabyte, before it gives up
 * @param stall how long nothing may come
 * @param firstPause before the second try; doubled for each further one
 * @param longestPause that a server may ask for
 * @param reserveBytes of the disk that stay free
 * @param freeBytes of the file system that holds a folder
 * @param parallel how large files come by several connections
 */
record DownloadLimits(int tries, Duration stall, Duration firstPause, Duration longestPause,
        long reserveBytes, FreeBytes freeBytes, Parallel parallel) {

    static final DownloadLimits DEFAULT = new DownloadLimits(6, Duration.ofSeconds(30), Duration.ofMillis(500),
            Duration.ofSeconds(60), 256_000_000, folder -> Files.getFileStore(folder).getUsableSpace(),
            new Parallel(64_000_000, 4, 16 * 1024 * 1024));

    /**
     * How large files come.
     *
     * @param from bytes of a file, from which on it is worth it
     * @param connections at a time
     * @param chunk bytes that one connection brings at a time, of a very large file a multiple
     */
    record Parallel(long from, int connections, int chunk) {

        /** One connection for every file. */
        static final Parallel NONE = new Parallel(Long.MAX_VALUE, 1, 1);

        private static final int MOST_CHUNKS = 500;
        private static final int LARGEST_MULTIPLE = 8;

        /** Bytes that one connection brings at a time of a file of this size; always the same, so that those of an earlier run fit. */
        long chunkOf(long size) {
            return chunk * Math.clamp(size / chunk / MOST_CHUNKS + 1, 1L, LARGEST_MULTIPLE);
        }
    }

    /** Every file comes by one connection. */
    DownloadLimits(int tries, Duration stall, Duration firstPause, Duration longestPause, long reserveBytes,
            FreeBytes freeBytes) {
        this(tries, stall, firstPause, longestPause, reserveBytes, freeBytes, Parallel.NONE);
    }

    /** Tells the free bytes of a file system. */
    @FunctionalInterface
    interface FreeBytes {
        long of(Path folder) throws IOException;
    }

    Duration pause(int failures) {
        return firstPause.multipliedBy(1L << Math.min(failures - 1, 5));
    }

    /** @throws RbeesException STORAGE_UNAVAILABLE when a folder has no room for so many bytes more */
    void requireRoom(Path folder, long needed) throws IOException {
        long free = freeBytes.of(folder);
        if (free < needed + reserveBytes) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "not enough room in " + folder + ": "
                    + Amounts.bytes(needed) + " are needed and " + Amounts.bytes(reserveBytes)
                    + " must stay free, but only " + Amounts.bytes(free)
                    + " are free; make room, or set RBEES_HOME to another disk");
        }
    }
}

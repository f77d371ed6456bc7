package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.AtomicFile;
import dev.rbees.shell.render.ProgressLine;

/**
 * Downloads one file. It goes on where an earlier run was killed, tries again while bytes keep coming, and never keeps more
 * bytes than the file must have.
 */
final class ResumableDownload {

    /** why: to read so many bytes takes a second or more. */
    private static final long WORTH_SHOWING = 500_000_000;

    private final HttpGet http;
    private final DownloadLimits limits;
    private final ProgressLine progress;

    ResumableDownload(HttpGet http, DownloadLimits limits, ProgressLine progress) {
        this.http = http;
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * Downloads, or finishes what is there.
     *
     * @param extra further bytes that the disk must have room for
     * @throws SourceException when the server does not give this file
     * @throws RbeesException STORAGE_UNAVAILABLE when the disk has too little room or cannot be written
     */
    void fetch(Wanted wanted, Path path, long extra) throws SourceException, InterruptedException {
        PartFile part = new PartFile(path);
        try {
            boolean pieced = transfer(wanted, part, extra);
            boolean right = isRight(wanted, path);
            if (!right && pieced) {
                // why: its pieces may be those of two versions
                part.delete();
                transfer(wanted, part, extra);
                right = isRight(wanted, path);
            }
            if (!right) {
                part.delete();
                throw new SourceException("its file has another " + wanted.checksum().kind().title + " than the catalog");
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(path, e);
        } finally {
            progress.end();
        }
    }

    private boolean isRight(Wanted wanted, Path path) throws IOException {
        long size = Files.size(path);
        if (size < WORTH_SHOWING) {
            return wanted.checksum().matches(path, _ -> {
            });
        }
        progress.begin("checking " + wanted.label(), 0, size);
        boolean right = wanted.checksum().matches(path, progress::at);
        progress.end();
        return right;
    }

    private boolean transfer(Wanted wanted, PartFile part, long extra)
            throws IOException, SourceException, InterruptedException {
        boolean parallel = new ParallelTransfer(http, limits, progress, wanted, part).run(extra);
        return new Transfer(http, limits, progress, wanted, part).run(extra) || parallel;
    }
}

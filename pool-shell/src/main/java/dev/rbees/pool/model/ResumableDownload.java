package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.home.Sha256;
import dev.rbees.pool.model.HttpGet.Answer;
import dev.rbees.pool.model.PartFile.Origin;
import dev.rbees.shell.render.ProgressLine;

/**
 * Downloads one file whose size and digest are known. It goes on where an earlier run was killed, tries again while bytes
 * keep coming, and never keeps more bytes than the file must have.
 */
final class ResumableDownload {

    private static final int BUFFER = 128 * 1024;
    private static final long MEGABYTE = 1_000_000;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

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
            boolean resumed = part.size() > 0;
            fetchAll(wanted, part, extra);
            if (!Sha256.of(path).equals(wanted.sha256()) && resumed) {
                // why: the bytes of the earlier run may be those of another version
                part.delete();
                fetchAll(wanted, part, extra);
            }
            if (!Sha256.of(path).equals(wanted.sha256())) {
                part.delete();
                throw new SourceException("its file has another SHA-256 than the catalog");
            }
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "cannot write " + path + ": is the disk full, or the place not writable?", e);
        } finally {
            progress.end();
        }
    }

    private void fetchAll(Wanted wanted, PartFile part, long extra)
            throws IOException, SourceException, InterruptedException {
        if (part.size() > wanted.size()) {
            part.delete();
        }
        limits.requireRoom(RbeesHome.folderOf(part.path()), wanted.size() - part.size() + extra);
        progress.begin(wanted.label(), part.size(), wanted.size());
        int failures = 0;
        boolean connected = false;
        while (part.size() < wanted.size()) {
            long before = part.size();
            try {
                transfer(wanted, part);
            } catch (BrokenTransfer e) {
                long came = part.size() - before;
                connected |= came != 0; // why: bytes came, or old ones were dropped because of an answer
                failures = came >= MEGABYTE ? 1 : failures + 1;
                if (!connected || failures >= limits.tries()) {
                    throw new SourceException(e.reason(), e);
                }
                progress.end();
                Thread.sleep(limits.pause(failures));
            }
        }
    }

    /** One request: appends what comes. */
    private void transfer(Wanted wanted, PartFile part)
            throws IOException, SourceException, BrokenTransfer, InterruptedException {
        long have = part.size();
        Origin origin = part.origin();
        boolean resume = have > 0 && origin.address().equals(wanted.address().toString());
        String etag = resume ? origin.etag() : "";
        Map<String, String> headers = new HashMap<>(wanted.headers());
        if (resume) {
            headers.put("Range", "bytes=" + have + "-");
        }
        if (!etag.isEmpty()) {
            headers.put("If-Range", etag);
        }
        try (Answer answer = http.get(wanted.address(), headers)) {
            switch (answer.status()) {
                case 200 -> part.begin(new Origin(wanted.address().toString(), strongEtag(answer)));
                case 206 -> checkRest(answer, part, etag, wanted.size());
                case 416 -> throw changed(part);
                case 408, 425, 429, 500, 502, 503, 504 -> throw new BrokenTransfer("HTTP " + answer.status());
                default -> throw new SourceException("HTTP " + answer.status());
            }
            checkLength(answer, wanted.size() - part.size(), wanted.size());
            append(answer, part, wanted.size());
        }
    }

    private void append(Answer answer, PartFile part, long size) throws IOException, SourceException, BrokenTransfer {
        long have = part.size();
        try (StallGuard guard = new StallGuard(limits.stall(), answer); OutputStream out = part.append()) {
            byte[] buffer = new byte[BUFFER];
            while (true) {
                int count = read(answer.body(), buffer, guard);
                if (count < 0) {
                    break;
                }
                guard.sign();
                if (have + count > size) {
                    throw new SourceException("sends more than the " + size + " bytes of the file");
                }
                out.write(buffer, 0, count);
                have += count;
                progress.at(have);
            }
        }
        if (have < size) {
            throw new BrokenTransfer("the answer ended after %d of %d bytes".formatted(have, size));
        }
    }

    private int read(InputStream body, byte[] buffer, StallGuard guard) throws BrokenTransfer {
        try {
            int count = body.read(buffer);
            if (count >= 0 || !guard.fired()) {
                return count;
            }
        } catch (IOException e) {
            if (!guard.fired()) {
                throw new BrokenTransfer(e);
            }
        }
        throw new BrokenTransfer("nothing came for " + limits.stall().toSeconds() + " s");
    }

    /** The answer must go on where our bytes end, in the same version of the file. */
    private static void checkRest(Answer answer, PartFile part, String etag, long size)
            throws IOException, SourceException, BrokenTransfer {
        Matcher range = RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches() || Long.parseLong(range.group(1)) != part.size()) {
            throw new SourceException("answers with another part of the file than was asked for");
        }
        if (!range.group(2).equals("*") && Long.parseLong(range.group(2)) != size) {
            throw new SourceException("has %s bytes instead of %d".formatted(range.group(2), size));
        }
        if (!etag.isEmpty() && !strongEtag(answer).isEmpty() && !strongEtag(answer).equals(etag)) {
            throw changed(part);
        }
    }

    private static BrokenTransfer changed(PartFile part) throws IOException {
        part.delete();
        return new BrokenTransfer("the file has changed since an earlier download");
    }

    private static void checkLength(Answer answer, long expected, long size) throws SourceException {
        if (!answer.header("Content-Encoding").isEmpty() && !answer.header("Content-Encoding").equals("identity")) {
            throw new SourceException("sends the file in an encoding that was not asked for");
        }
        long length = answer.headers().firstValueAsLong("Content-Length").orElse(expected);
        if (length > expected || (answer.status() == 200 && length != size)) {
            throw new SourceException("has %d bytes instead of %d".formatted(length, expected));
        }
    }

    /** why: a weak tag says that two versions mean the same, not that they have the same bytes. */
    private static String strongEtag(Answer answer) {
        String etag = answer.header("ETag");
        return etag.startsWith("\"") ? etag : "";
    }
}

package dev.rbees.pool.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.HttpGet.Answer;
import dev.rbees.pool.model.PartFile.Origin;
import dev.rbees.shell.render.ProgressLine;

/** Brings the bytes of one file into its part file, by as many requests as that takes. */
final class Transfer {

    private static final int BUFFER = 128 * 1024;
    private static final long ROOM_STEP = 64_000_000;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");
    private static final Pattern WHOLE = Pattern.compile("bytes \\*/(\\d{1,18})");

    private final HttpGet http;
    private final DownloadLimits limits;
    private final ProgressLine progress;
    private final Wanted wanted;
    private final PartFile part;
    /** Bytes of the file, as it was wanted or as the server tells; unknown until then. */
    private long size;
    private boolean ended;

    Transfer(HttpGet http, DownloadLimits limits, ProgressLine progress, Wanted wanted, PartFile part) {
        this.http = http;
        this.limits = limits;
        this.progress = progress;
        this.wanted = wanted;
        this.part = part;
        this.size = wanted.size();
    }

    /**
     * Brings all of them.
     *
     * @param extra further bytes that the disk must have room for
     * @return whether the file was put together from several answers, so that its pieces may not fit
     */
    boolean run(long extra) throws IOException, SourceException, InterruptedException {
        if (size == Wanted.UNKNOWN && isOurs(part.origin())) {
            Long told = part.origin().size();
            size = told == null ? Wanted.UNKNOWN : told;
        }
        if (size != Wanted.UNKNOWN && part.size() > size) {
            part.delete();
        }
        limits.requireRoom(RbeesHome.folderOf(part.path()), Math.max(0, size - part.size()) + extra);
        if (!complete()) {
            showBegin();
        }
        boolean pieced = false;
        Retries retries = new Retries(limits);
        while (!complete()) {
            long before = part.size();
            pieced |= before > 0;
            try {
                request();
            } catch (BrokenTransfer e) {
                progress.end();
                retries.pauseAfter(e, part.size() - before);
            }
        }
        return pieced || !ended;
    }

    private boolean complete() throws IOException {
        return size == Wanted.UNKNOWN ? ended : part.size() == size;
    }

    private boolean isOurs(Origin origin) {
        return origin.address().equals(wanted.address().toString());
    }

    private void showBegin() throws IOException {
        if (size > 0) {
            progress.begin(wanted.label(), part.size(), size);
        }
    }

    /** One request: appends what comes. */
    private void request() throws IOException, SourceException, BrokenTransfer, InterruptedException {
        long have = part.size();
        Origin origin = part.origin();
        boolean resume = have > 0 && isOurs(origin);
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
                case 200 -> beginAnew(answer);
                case 206 -> checkRest(answer, etag);
                case 416 -> {
                    noSuchRange(answer, have);
                    return;
                }
                default -> throw new SourceException(answer);
            }
            checkLength(answer);
            append(answer);
        }
    }

    private void beginAnew(Answer answer) throws IOException, SourceException {
        if (wanted.size() == Wanted.UNKNOWN) {
            size = answer.headers().firstValueAsLong("Content-Length").orElse(Wanted.UNKNOWN);
            limits.requireRoom(RbeesHome.folderOf(part.path()), Math.max(0, size));
        }
        part.begin(new Origin(wanted.address().toString(), strongEtag(answer), size == Wanted.UNKNOWN ? null : size));
        if (wanted.size() == Wanted.UNKNOWN) {
            showBegin();
        }
    }

    /** The answer must go on where our bytes end, in the same version of the file. */
    private void checkRest(Answer answer, String etag) throws IOException, SourceException, BrokenTransfer {
        Matcher range = RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches() || Long.parseLong(range.group(1)) != part.size()) {
            throw new SourceException("answers with another part of the file than was asked for");
        }
        boolean told = !range.group(2).equals("*");
        if (!etag.isEmpty() && !strongEtag(answer).isEmpty() && !strongEtag(answer).equals(etag)) {
            throw changed();
        }
        if (told && size != Wanted.UNKNOWN && Long.parseLong(range.group(2)) != size) {
            if (wanted.size() == Wanted.UNKNOWN) {
                throw changed();
            }
            throw new SourceException("has %s bytes instead of %d".formatted(range.group(2), size));
        }
        size = told ? Long.parseLong(range.group(2)) : size;
    }

    /** why: a server that has nothing behind our bytes may mean that they are all of it. */
    private void noSuchRange(Answer answer, long have) throws IOException, BrokenTransfer {
        Matcher whole = WHOLE.matcher(answer.header("Content-Range"));
        if (size == Wanted.UNKNOWN && whole.matches() && Long.parseLong(whole.group(1)) == have) {
            ended = true;
            return;
        }
        throw changed();
    }

    private BrokenTransfer changed() throws IOException {
        part.delete();
        size = wanted.size();
        return new BrokenTransfer("the file has changed since an earlier download");
    }

    private void checkLength(Answer answer) throws IOException, SourceException {
        String encoding = answer.header("Content-Encoding");
        if (!encoding.isEmpty() && !encoding.equals("identity")) {
            throw new SourceException("sends the file in an encoding that was not asked for");
        }
        if (size == Wanted.UNKNOWN) {
            return;
        }
        long expected = size - part.size();
        long length = answer.headers().firstValueAsLong("Content-Length").orElse(expected);
        if (length > expected || (answer.status() == 200 && length != size)) {
            throw new SourceException("has %d bytes instead of %d".formatted(length, expected));
        }
    }

    private void append(Answer answer) throws IOException, SourceException, BrokenTransfer {
        long have = part.size();
        long room = have + ROOM_STEP;
        try (StallGuard guard = new StallGuard(limits.stall(), answer); OutputStream out = part.append()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = read(answer.body(), buffer, guard); count >= 0; count = read(answer.body(), buffer, guard)) {
                guard.sign();
                if (size != Wanted.UNKNOWN && have + count > size) {
                    throw new SourceException("sends more than the " + size + " bytes of the file");
                }
                out.write(buffer, 0, count);
                have += count;
                if (size > 0) {
                    progress.at(have);
                }
                if (have > room) {
                    limits.requireRoom(RbeesHome.folderOf(part.path()), 0); // why: an endless body must not fill the disk
                    room = have + ROOM_STEP;
                }
            }
        }
        if (size != Wanted.UNKNOWN && have < size) {
            throw new BrokenTransfer("the answer ended after %d of %d bytes".formatted(have, size));
        }
        ended = true;
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

    /** why: a weak tag says that two versions mean the same, not that they have the same bytes. */
    private static String strongEtag(Answer answer) {
        String etag = answer.header("ETag");
        return etag.startsWith("\"") ? etag : "";
    }
}

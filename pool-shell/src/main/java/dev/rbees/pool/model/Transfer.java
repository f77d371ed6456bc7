package dev.rbees.pool.model;

import java.io.IOException;
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

    private static final long ROOM_STEP = 64_000_000;
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
        Retries retries = new Retries(limits, http.say());
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
        part.begin(new Origin(wanted.address().toString(), answer.strongEtag(), size == Wanted.UNKNOWN ? null : size));
        if (wanted.size() == Wanted.UNKNOWN) {
            showBegin();
        }
    }

    /** The answer must go on where our bytes end, in the same version of the file. */
    private void checkRest(Answer answer, String etag) throws IOException, SourceException, BrokenTransfer {
        long told = answer.sizeOfRest(part.size());
        if (!etag.isEmpty() && !answer.strongEtag().isEmpty() && !answer.strongEtag().equals(etag)) {
            throw changed();
        }
        if (told != Wanted.UNKNOWN && size != Wanted.UNKNOWN && told != size) {
            if (wanted.size() == Wanted.UNKNOWN) {
                throw changed();
            }
            throw new SourceException("has %d bytes instead of %d".formatted(told, size));
        }
        size = told == Wanted.UNKNOWN ? size : told;
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
        long most = size == Wanted.UNKNOWN ? Long.MAX_VALUE - have : size - have;
        long[] room = {have + ROOM_STEP};
        try (OutputStream out = part.append()) {
            long came = new Body(answer, limits).copyTo(out, most, bytes -> {
                if (size > 0) {
                    progress.at(have + bytes);
                }
                if (have + bytes > room[0]) {
                    limits.requireRoom(RbeesHome.folderOf(part.path()), 0); // why: an endless body must not fill the disk
                    room[0] += ROOM_STEP;
                }
            });
            if (size != Wanted.UNKNOWN && have + came < size) {
                throw new BrokenTransfer("the answer ended after %d of %d bytes".formatted(have + came, size));
            }
        }
        ended = true;
    }
}

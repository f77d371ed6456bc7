package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.model.HttpGet.Answer;
import dev.rbees.pool.model.PartFile.Origin;
import dev.rbees.shell.render.ProgressLine;

/**
 * Brings a large file by several connections. Each brings a chunk into a file of its own, and the chunks are appended to the part
 * file in order; so after a kill the part file is the beginning of the file as ever, and the chunks behind it are used as well.
 * Whatever goes wrong ends it, and {@link Transfer} goes on with one connection.
 */
final class ParallelTransfer {

    private static final long LOOK_MILLIS = 100;

    private final HttpGet http;
    private final DownloadLimits limits;
    private final ProgressLine progress;
    private final Wanted wanted;
    private final PartFile part;
    private final long grid;
    private final AtomicLong done = new AtomicLong();

    ParallelTransfer(HttpGet http, DownloadLimits limits, ProgressLine progress, Wanted wanted, PartFile part) {
        this.http = http;
        this.limits = limits;
        this.progress = progress;
        this.wanted = wanted;
        this.part = part;
        this.grid = limits.parallel().chunkOf(wanted.size());
    }

    /**
     * A piece of the file that is on its way.
     *
     * @param file of its bytes
     * @param from its place in the file
     * @param length in bytes
     * @param coming ends when all of it is there
     */
    private record Chunk(PartFile file, long from, long length, Future<?> coming) {}

    /**
     * Brings as much of the file as goes.
     *
     * @param extra further bytes that the disk must have room for
     * @return whether it brought anything
     */
    boolean run(long extra) throws IOException, SourceException, InterruptedException {
        long have = part.size();
        long ahead = 2L * limits.parallel().connections() * grid;
        if (wanted.size() < limits.parallel().from() || wanted.size() - have <= grid) {
            return false;
        }
        limits.requireRoom(RbeesHome.folderOf(part.path()), wanted.size() - have + ahead + extra);
        Origin version = version();
        if (version == null) {
            return false;
        }
        done.set(part.size());
        progress.begin(wanted.label(), part.size(), wanted.size());
        try (ExecutorService connections = Executors.newFixedThreadPool(limits.parallel().connections(),
                Thread.ofVirtual().factory())) {
            try {
                bring(version, connections);
            } finally {
                connections.shutdownNow();
            }
        } finally {
            progress.end();
        }
        return true;
    }

    /** The version that the server has, when it gives parts of it; null when it does not. */
    private @Nullable Origin version() throws IOException, SourceException, InterruptedException {
        Origin before = part.origin();
        boolean ours = part.size() > 0 && before.address().equals(wanted.address().toString());
        long from = ours ? part.size() : 0;
        try (Answer answer = http.get(wanted.address(), headers(from, from + 1, ours ? before.etag() : ""))) {
            if (answer.status() != 206 || answer.sizeOfRest(from) != wanted.size()) {
                return null;
            }
            Origin version = new Origin(wanted.address().toString(), answer.strongEtag(), null);
            if (ours && !before.etag().equals(version.etag())) {
                return null;
            }
            if (!ours) {
                part.begin(version);
            }
            return version;
        } catch (BrokenTransfer _) {
            return null; // one connection is more patient
        }
    }

    private Map<String, String> headers(long from, long to, String etag) {
        Map<String, String> headers = new HashMap<>(wanted.headers());
        headers.put("Range", "bytes=" + from + "-" + (to - 1));
        if (!etag.isEmpty()) {
            headers.put("If-Range", etag);
        }
        return headers;
    }

    private void bring(Origin version, ExecutorService connections) throws IOException, InterruptedException {
        Deque<Chunk> coming = new ArrayDeque<>();
        long next = part.size();
        while (next < wanted.size() || !coming.isEmpty()) {
            while (next < wanted.size() && coming.size() < 2 * limits.parallel().connections()) {
                Chunk chunk = begin(next, version, connections);
                coming.addLast(chunk);
                next += chunk.length();
            }
            Chunk first = coming.removeFirst();
            if (!await(first)) {
                return;
            }
            append(first);
        }
    }

    /** The chunk from this place to the next multiple of the size of chunks, so that those of an earlier run fit. */
    private Chunk begin(long from, Origin version, ExecutorService connections) {
        long length = Math.min(grid - from % grid, wanted.size() - from);
        PartFile file = part.piece(from);
        return new Chunk(file, from, length, connections.submit(() -> {
            fetch(file, from, length, version);
            return null;
        }));
    }

    private boolean await(Chunk chunk) throws IOException, InterruptedException {
        while (true) {
            try {
                chunk.coming().get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                progress.at(done.get());
                return true;
            } catch (TimeoutException _) {
                progress.at(done.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException disk) {
                    throw disk;
                }
                if (e.getCause() instanceof RbeesException known) {
                    throw known;
                }
                return false; // one connection finds out why
            }
        }
    }

    private void append(Chunk chunk) throws IOException {
        try (FileChannel from = FileChannel.open(chunk.file().path());
                FileChannel to = FileChannel.open(part.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long at = 0; at < chunk.length();) {
                at += from.transferTo(at, chunk.length() - at, to);
            }
        }
        chunk.file().delete();
    }

    private void fetch(PartFile file, long from, long length, Origin version)
            throws IOException, SourceException, InterruptedException {
        if (file.size() > length || (file.size() > 0 && !file.origin().equals(version))) {
            file.delete();
        }
        done.addAndGet(file.size());
        Retries retries = new Retries(limits, http.say());
        while (file.size() < length) {
            long before = file.size();
            try {
                request(file, from, length, version);
            } catch (BrokenTransfer e) {
                retries.pauseAfter(e, file.size() - before);
            }
        }
    }

    private void request(PartFile file, long from, long length, Origin version)
            throws IOException, SourceException, BrokenTransfer, InterruptedException {
        long have = file.size();
        try (Answer answer = http.get(wanted.address(), headers(from + have, from + length, version.etag()))) {
            if (answer.status() != 206 || answer.sizeOfRest(from + have) != wanted.size()
                    || !answer.strongEtag().equals(version.etag())) {
                throw new SourceException("gives another part than was asked for");
            }
            if (have == 0) {
                file.begin(version);
            }
            try (var out = file.append()) {
                long[] told = {0};
                long came = new Body(answer, limits).copyTo(out, length - have, bytes -> {
                    done.addAndGet(bytes - told[0]);
                    told[0] = bytes;
                });
                if (have + came < length) {
                    throw new BrokenTransfer("the answer ended early");
                }
            }
        }
    }
}

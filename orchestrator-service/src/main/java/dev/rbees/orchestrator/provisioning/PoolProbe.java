package dev.rbees.orchestrator.provisioning;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolStatus;

/** Asks a pool what it says of itself. */
final class PoolProbe {

    /** A pool that has not answered within this time did not answer. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<String> WORDS = List.of("status", "--output", "json");
    private static final int NOT_FOUND = 127;
    private static final int MOST_GPUS = 256;
    private static final int MOST_WORKERS = 4096;
    private static final int MOST_MODELS = 10_000;
    private static final Pattern PATH = Pattern.compile("(?:~|(?<=[\\s'\"(]|^))(?:/[^\\s/,;:()'\"]+)*/([^\\s/,;:()'\"]+)");

    /** What came of it. */
    sealed interface Outcome {
        /** It answered. */
        record Seen(PoolStatus status) implements Outcome {}

        /**
         * It did not.
         *
         * @param problem in a sentence
         * @param unusable whether it was reached and cannot be used
         */
        record Unseen(String problem, boolean unusable) implements Outcome {}
    }

    private final Duration limit;

    PoolProbe(Duration limit) {
        this.limit = limit;
    }

    /** Blocks. Empty when this thread was interrupted. */
    Optional<Outcome> probe(PoolAccess access) {
        try {
            return Optional.of(read(new PoolCall(WORDS, limit).run(access, _ -> {
            })));
        } catch (UncheckedIOException e) {
            return Optional.of(new Outcome.Unseen("rbees-pool there says more than " + (PoolCall.MOST_BYTES >> 20)
                    + " MB of itself; is that rbees-pool?", true));
        } catch (RbeesException e) {
            return switch (e.code()) {
                case CANCELLED -> Optional.empty();
                case POOL_UNAVAILABLE -> Optional.of(new Outcome.Unseen(withoutPaths(e.userMessage()), false));
                case TIMEOUT ->
                    Optional.of(new Outcome.Unseen("it did not answer within " + limit.toSeconds() + " s", false));
                default -> Optional.of(new Outcome.Unseen(withoutPaths(e.userMessage()), true));
            };
        }
    }

    private static Outcome read(PoolCall.Result result) {
        if (result.exit() == NOT_FOUND) {
            return new Outcome.Unseen("there is no rbees-pool on that machine; 'rbees pool install' brings it there, and the"
                    + " pool's path says where it is when it is neither in PATH nor where rbees installs itself", true);
        }
        if (result.exit() != 0) {
            return new Outcome.Unseen("rbees-pool status failed there with exit status " + result.exit()
                    + (result.complaint().isEmpty() ? "" : ": " + withoutPaths(result.complaint())), true);
        }
        try {
            return read(Json.read(result.out(), PoolStatus.class));
        } catch (RbeesException e) {
            return new Outcome.Unseen("what rbees-pool says there is no status; is it of another version?", true);
        }
    }

    private static Outcome read(PoolStatus status) {
        if (status.schema() != PoolStatus.SCHEMA) {
            return new Outcome.Unseen("rbees-pool there is of another version (its status has the form " + status.schema()
                    + ", this orchestrator reads " + PoolStatus.SCHEMA + "); 'rbees pool upgrade' brings this version there",
                    true);
        }
        return isSound(status)
                ? new Outcome.Seen(status)
                : new Outcome.Unseen("rbees-pool says things there that cannot be; is it of another version?", true);
    }

    /** why: what decides upon it counts with these numbers, and shows these names. */
    private static boolean isSound(PoolStatus status) {
        if (Stream.of(status.host(), status.memory(), status.disk(), status.gpus(), status.models(), status.workers())
                .anyMatch(part -> part == null)) {
            return false;
        }
        return isShare(status.memory().availableBytes(), status.memory().totalBytes())
                && isShare(status.disk().freeBytes(), status.disk().totalBytes())
                && status.gpus().size() <= MOST_GPUS && status.gpus().stream().allMatch(PoolProbe::isSound)
                && status.models().size() <= MOST_MODELS
                && status.models().stream().allMatch(model -> model != null && model.id() != null && model.sizeBytes() >= 0)
                && status.workers().size() <= MOST_WORKERS && status.workers().stream().allMatch(worker -> worker != null
                        && worker.workerId() != null && Ids.isId(worker.workerId()) && worker.model() != null
                        && worker.status() != null);
    }

    private static boolean isSound(PoolStatus.Gpu gpu) {
        Long free = gpu == null ? null : gpu.vramFreeBytes();
        return gpu != null && gpu.index() >= 0 && isShare(free == null ? 0 : free, gpu.vramTotalBytes());
    }

    private static boolean isShare(long part, long whole) {
        return part >= 0 && part <= whole;
    }

    /** The same with the names of files in place of their paths, which are nobody's business. */
    static String withoutPaths(String message) {
        return PATH.matcher(message).replaceAll("$1");
    }

    /** Why a command failed there, as a failure of ours; what the machine itself says is left away where it is nothing to tell. */
    static RbeesException failure(ErrorCode code, String what, PoolCall.Result result) {
        return new RbeesException(code, what + (result.exit() == NOT_FOUND
                ? ": there is no rbees-pool on that machine"
                : result.complaint().isEmpty() ? " with exit status " + result.exit()
                        : ": " + withoutPaths(result.complaint().replaceFirst("^error: ", ""))));
    }
}

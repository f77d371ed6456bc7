package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How fast things have gone of late, and hence how long they will take. Its times are those of a clock that never jumps. The control
 * thread tells it, any thread may ask.
 */
public final class ThroughputEstimator {

    private final DrainRate all = new DrainRate();
    private final Map<String, DrainRate> byModel = new ConcurrentHashMap<>();
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();

    /** The time of a token, a moving average over about the last eight answers, and over how many. */
    private record Pace(double secondsPerToken, int answers) {

        private static final double WEIGHT = 1 / 8.0;
        private static final int ENOUGH = 3;

        Pace with(double seconds) {
            return new Pace(secondsPerToken + (seconds - secondsPerToken) * Math.max(WEIGHT, 1.0 / (answers + 1)),
                    Math.min(answers + 1, 1_000));
        }
    }

    /** A task left the queue. */
    public void departed(String model, Instant now) {
        all.departed(now);
        byModel.computeIfAbsent(model, _ -> new DrainRate()).departed(now);
    }

    /** An answer was made. */
    public void answered(String model, int tokens, Duration decode) {
        if (tokens > 1 && decode.isPositive()) {
            double seconds = decode.toNanos() / 1e9 / (tokens - 1);
            paces.compute(model, (_, pace) -> (pace == null ? new Pace(seconds, 0) : pace).with(seconds));
        }
    }

    /** When a place in the queue will probably be free: 1 to 120 s. */
    public Duration untilRoom(Instant now) {
        return all.untilRoom(now);
    }

    /** When the task at this position of a model's line will probably begin; empty while too little is known. */
    public Optional<Duration> untilStart(String model, int position, Instant now) {
        DrainRate rate = byModel.get(model);
        return rate == null ? Optional.empty() : rate.perTask(now).map(each -> each.multipliedBy(position));
    }

    /** How long so many tokens take; empty while too little is known. */
    public Optional<Duration> decode(String model, int tokens) {
        Pace pace = paces.get(model);
        return pace == null || pace.answers() < Pace.ENOUGH
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) (pace.secondsPerToken() * 1e9 * Math.max(0, tokens - 1))));
    }
}

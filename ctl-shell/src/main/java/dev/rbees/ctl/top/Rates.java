package dev.rbees.ctl.top;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/** How fast counters grow, over a window of time that is long enough for what only grows when a task ends. */
final class Rates {

    private final Duration window;
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long nanos, Map<String, Double> counters) {}

    /** @param window over which growth is reckoned */
    Rates(Duration window) {
        this.window = window;
    }

    /**
     * Notes what the counters say.
     *
     * @param nanos when, of a clock that never jumps
     */
    void add(long nanos, Map<String, Double> counters) {
        samples.addLast(new Sample(nanos, Map.copyOf(counters)));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > window.toNanos()) {
            samples.removeFirst();
        }
    }

    /** Growth each second; empty before the second look. A counter that is new began at 0, and one that fell begins anew. */
    Optional<Double> perSecond(String counter) {
        if (samples.size() < 2) {
            return Optional.empty();
        }
        double grown = 0;
        double before = Double.NaN;
        for (Sample sample : samples) {
            double now = sample.counters().getOrDefault(counter, 0.0);
            if (!Double.isNaN(before)) {
                grown += now >= before ? now - before : now;
            }
            before = now;
        }
        double seconds = (samples.getLast().nanos() - samples.getFirst().nanos()) / 1e9;
        return seconds > 0 ? Optional.of(grown / seconds) : Optional.empty();
    }
}

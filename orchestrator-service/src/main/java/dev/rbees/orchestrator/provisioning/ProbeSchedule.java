package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * When which pool is probed next: after its usual pause while it answers, after longer and longer ones while it does not, and at once
 * when somebody asks. One probe of a pool at a time. Not for several threads at a time.
 */
final class ProbeSchedule {

    /** Between two probes of a pool that answers. */
    static final Duration USUAL = Duration.ofSeconds(15);
    /** Between two probes of this machine. why: each starts a program; and a pool that was not heard of for 45 s is unreachable. */
    static final Duration RARE = Duration.ofSeconds(30);
    /** The longest pause after a failure. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private static final double JITTER = 0.1;

    private final RandomGenerator random;
    private final Map<String, Turn> turns = new LinkedHashMap<>();

    /** The turns of one pool, from when it came to when it goes. */
    static final class Turn {
        private final String id;
        private final Duration usual;
        private Instant due;
        private int failures;
        private boolean running;
        private boolean again;

        private Turn(String id, Duration usual, Instant due) {
            this.id = id;
            this.usual = usual;
            this.due = due;
        }

        String id() {
            return id;
        }
    }

    /** @param random draws how far probes lie apart, so that those of many pools do not fall together */
    ProbeSchedule(RandomGenerator random) {
        this.random = random;
    }

    /** A pool is probed from now on, first at once. */
    void add(String id, Duration usual, Instant now) {
        turns.put(id, new Turn(id, usual, now));
    }

    void remove(String id) {
        turns.remove(id);
    }

    /** A pool is to be probed at once; while a probe runs, another one follows it. */
    void ask(String id, Instant now) {
        Turn turn = turns.get(id);
        if (turn != null && turn.running) {
            turn.again = true;
        } else if (turn != null) {
            turn.due = now;
        }
    }

    /** Those that are due, the longest due first, at most so many in all at a time; they run from now on. */
    List<Turn> begin(Instant now, int most) {
        long running = turns.values().stream().filter(turn -> turn.running).count();
        List<Turn> due = new ArrayList<>(turns.values().stream().filter(turn -> !turn.running && !turn.due.isAfter(now))
                .sorted(Comparator.comparing((Turn turn) -> turn.due)).limit(Math.max(0, most - running)).toList());
        due.forEach(turn -> turn.running = true);
        return due;
    }

    /** A probe is over; gives whether the pool is still one of ours, so that the answer counts. */
    boolean end(Turn turn, boolean answered, Instant now) {
        turn.running = false;
        turn.failures = answered ? 0 : Math.min(turn.failures + 1, 10);
        turn.due = turn.again ? now : now.plus(pause(turn));
        turn.again = false;
        return turns.get(turn.id) == turn;
    }

    private Duration pause(Turn turn) {
        long millis = turn.failures == 0
                ? turn.usual.toMillis()
                : Math.min(LONGEST.toMillis(), USUAL.toMillis() << (turn.failures - 1));
        return Duration.ofMillis(Math.round(millis * (1 + JITTER * (2 * random.nextDouble() - 1))));
    }
}

package dev.rbees.service;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** A {@link PulseWheel} for each event loop. Any thread. */
public final class PulseWheels {

    private final Map<ScheduledExecutorService, PulseWheel> wheels = new ConcurrentHashMap<>();
    private final Duration beat;

    /** @param beat each member's pulse is felt once in this time */
    public PulseWheels(Duration beat) {
        this.beat = beat;
    }

    /** The wheel of that loop. */
    public PulseWheel of(ScheduledExecutorService loop) {
        return wheels.computeIfAbsent(loop, one -> new PulseWheel(one, beat));
    }

    /** Feels the pulse of all at once, as soon as each loop comes to it. */
    public void pulseAll() {
        wheels.values().forEach(PulseWheel::pulseAll);
    }
}

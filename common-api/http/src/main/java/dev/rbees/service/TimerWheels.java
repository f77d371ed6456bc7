package dev.rbees.service;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/** A {@link TimerWheel} for each event loop. Any thread. */
public final class TimerWheels {

    private final Map<ScheduledExecutorService, TimerWheel> wheels = new ConcurrentHashMap<>();
    private final Duration beat;

    /** @param beat each member is ticked once in this time */
    public TimerWheels(Duration beat) {
        this.beat = beat;
    }

    /** The wheel of that loop. */
    public TimerWheel of(ScheduledExecutorService loop) {
        return wheels.computeIfAbsent(loop, one -> new TimerWheel(one, beat));
    }

    /** Ticks all at once, as soon as each loop comes to it. */
    public void tickAll() {
        wheels.values().forEach(TimerWheel::tickAll);
    }
}

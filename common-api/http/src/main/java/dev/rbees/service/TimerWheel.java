package dev.rbees.service;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one timer of an event loop, for whatever lives on that loop and is to be looked after from time to time.
 * Members are spread over slots and each tick serves one slot, so that thousands of them neither cost a timer each nor hold the loop
 * up at once. It stands still while it has none.
 *
 * <p>
 * Members come and go from any thread, and are ticked on the loop.
 */
public final class TimerWheel {

    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
    /** Ticks do not follow faster than this, and not much slower where the beat allows for it. */
    private static final long TICK_MILLIS = 100;

    private final ScheduledExecutorService loop;
    private final long tickMillis;
    private final List<Set<Member>> slots;
    private int members;
    private int joining;
    private int turning;
    private @Nullable Future<?> ticking;

    /** What is looked after. */
    public interface Member {
        /** @param now of the nano clock */
        void tick(long now);
    }

    /**
     * @param loop runs one thing at a time
     * @param beat each member is ticked once in this time
     */
    public TimerWheel(ScheduledExecutorService loop, Duration beat) {
        this.loop = loop;
        int count = (int) Math.max(1, beat.toMillis() / TICK_MILLIS);
        this.tickMillis = Math.max(1, beat.toMillis() / count);
        this.slots = IntStream.range(0, count).<Set<Member>>mapToObj(_ -> new LinkedHashSet<>()).toList();
    }

    /** Where it turns. */
    public ScheduledExecutorService loop() {
        return loop;
    }

    /** From now on this member is ticked. */
    public void add(Member member) {
        onLoop(() -> {
            slots.get(joining).add(member);
            joining = (joining + 1) % slots.size();
            members++;
            if (ticking == null) {
                ticking = loop.scheduleWithFixedDelay(this::turn, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Does nothing when it has left already. */
    public void remove(Member member) {
        onLoop(() -> {
            if (slots.stream().anyMatch(slot -> slot.remove(member)) && --members == 0 && ticking != null) {
                ticking.cancel(false);
                ticking = null;
            }
        });
    }

    /** Ticks all at once, as soon as the loop comes to it. */
    public void tickAll() {
        onLoop(() -> tick(slots.stream().flatMap(Set::stream)));
    }

    private void turn() {
        turning = (turning + 1) % slots.size();
        tick(slots.get(turning).stream());
    }

    /** why: of a copy, because a member may leave when it is ticked. */
    private void tick(Stream<Member> some) {
        long now = System.nanoTime();
        some.toList().forEach(member -> tick(member, now));
    }

    /** why: a timer whose task throws stops, for all. */
    private void tick(Member member, long now) {
        try {
            member.tick(now);
        } catch (RuntimeException e) {
            LOG.error("a member of a timer wheel failed, and is looked after no longer", e);
            remove(member);
        }
    }

    private void onLoop(Runnable change) {
        try {
            loop.execute(change);
        } catch (RejectedExecutionException e) {
            // why: the loop has ended, and with it all of its connections
            return;
        }
    }
}

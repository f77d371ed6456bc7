package dev.rbees.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.service.testing.RunningEdge;

import static org.assertj.core.api.Assertions.assertThat;

class PulseWheelTest {

    private final ScheduledThreadPoolExecutor loop = new ScheduledThreadPoolExecutor(1);
    private final PulseWheel wheel = new PulseWheel(loop, Duration.ofMillis(300));

    private static final class Counting implements PulseWheel.Member {
        private final AtomicInteger felt = new AtomicInteger();

        @Override
        public void pulse(long now) {
            felt.incrementAndGet();
        }
    }

    @BeforeEach
    void forgetWhatIsCancelled() {
        loop.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    @Test
    void thousandsOfMembersShareOneTimerWhichStandsStillWithoutThem() throws InterruptedException {
        List<Counting> members = IntStream.range(0, 5_000).mapToObj(_ -> new Counting()).toList();
        members.forEach(wheel::add);
        RunningEdge.await(() -> members.stream().allMatch(member -> member.felt.get() >= 2));
        assertThat(loop.getQueue()).hasSizeLessThanOrEqualTo(1);
        members.forEach(wheel::remove);
        RunningEdge.await(() -> loop.getQueue().isEmpty() && loop.getActiveCount() == 0);
        int before = members.stream().mapToInt(member -> member.felt.get()).sum();
        wheel.pulseAll();
        RunningEdge.await(() -> loop.getQueue().isEmpty() && loop.getActiveCount() == 0);
        assertThat(members.stream().mapToInt(member -> member.felt.get()).sum()).isEqualTo(before);
    }

    @Test
    void aMemberMayLeaveFromWithinItsPulse() throws InterruptedException {
        AtomicInteger felt = new AtomicInteger();
        PulseWheel.Member[] self = new PulseWheel.Member[1];
        self[0] = _ -> {
            felt.incrementAndGet();
            wheel.remove(self[0]);
        };
        Counting other = new Counting();
        wheel.add(self[0]);
        wheel.add(other);
        RunningEdge.await(() -> other.felt.get() >= 3);
        assertThat(felt).hasValue(1);
    }

    @Test
    void aMemberThatFailsDoesNotStopTheOthers() throws InterruptedException {
        AtomicInteger felt = new AtomicInteger();
        Counting other = new Counting();
        wheel.add(_ -> {
            felt.incrementAndGet();
            throw new IllegalStateException("broken");
        });
        wheel.add(other);
        RunningEdge.await(() -> other.felt.get() >= 3);
        assertThat(felt).hasValue(1);
    }
}

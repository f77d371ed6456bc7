package dev.rbees.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

class TimerWheelTest {

    private final ScheduledThreadPoolExecutor loop = new ScheduledThreadPoolExecutor(1);
    private final TimerWheel wheel = new TimerWheel(loop, Duration.ofMillis(300));

    private static final class Counting implements TimerWheel.Member {
        private final AtomicInteger felt = new AtomicInteger();

        @Override
        public void tick(long now) {
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
    void thousandsOfMembersShareOneTimerWhichStandsStillWithoutThem() {
        List<Counting> members = IntStream.range(0, 5_000).mapToObj(_ -> new Counting()).toList();
        members.forEach(wheel::add);
        Waiting.until(() -> members.stream().allMatch(member -> member.felt.get() >= 2));
        assertThat(loop.getQueue()).hasSizeLessThanOrEqualTo(1);
        members.forEach(wheel::remove);
        Waiting.until(() -> loop.getQueue().isEmpty() && loop.getActiveCount() == 0);
        int before = members.stream().mapToInt(member -> member.felt.get()).sum();
        wheel.tickAll();
        Waiting.until(() -> loop.getQueue().isEmpty() && loop.getActiveCount() == 0);
        assertThat(members.stream().mapToInt(member -> member.felt.get()).sum()).isEqualTo(before);
    }

    @Test
    void aMemberMayLeaveWhenItIsTicked() {
        AtomicInteger felt = new AtomicInteger();
        TimerWheel.Member[] self = new TimerWheel.Member[1];
        self[0] = _ -> {
            felt.incrementAndGet();
            wheel.remove(self[0]);
        };
        Counting other = new Counting();
        wheel.add(self[0]);
        wheel.add(other);
        Waiting.until(() -> other.felt.get() >= 3);
        assertThat(felt).hasValue(1);
    }

    @Test
    void aMemberThatFailsDoesNotStopTheOthers() {
        AtomicInteger felt = new AtomicInteger();
        Counting other = new Counting();
        wheel.add(_ -> {
            felt.incrementAndGet();
            throw new IllegalStateException("broken");
        });
        wheel.add(other);
        Waiting.until(() -> other.felt.get() >= 3);
        assertThat(felt).hasValue(1);
    }
}

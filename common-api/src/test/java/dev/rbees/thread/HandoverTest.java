package dev.rbees.thread;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What changes under a lock reaches a slow receiver outside of it. */
@Timeout(60)
class HandoverTest {

    @Test
    void onlyTheNewestValueOfAKeyIsHandedOver() {
        List<String> heard = new ArrayList<>();
        Handover<String, Integer> handover = new Handover<>((key, value) -> heard.add(key + value.map(String::valueOf)
                .orElse("-")));
        handover.put("a", 1);
        handover.put("b", 1);
        handover.put("a", 2);
        handover.remove("b");
        handover.flush();
        handover.flush();
        assertThat(heard).containsExactly("a2", "b-");
    }

    @Test
    void aThreadThatChangesSomethingDoesNotWaitForTheReceiverOfAnother() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Map<String, Integer> heard = new ConcurrentHashMap<>();
        Handover<String, Integer> handover = new Handover<>((key, value) -> {
            inside.countDown();
            awaitQuietly(release);
            heard.put(key, value.orElse(0));
        });
        handover.put("slow", 1);
        Thread slow = Thread.ofVirtual().start(handover::flush);
        inside.await();
        handover.put("quick", 2);
        handover.flush(); // returns at once, though the receiver still has the first value
        assertThat(heard).isEmpty();
        release.countDown();
        slow.join();
        assertThat(heard).containsExactlyInAnyOrderEntriesOf(Map.of("slow", 1, "quick", 2));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theLastStateWinsHoweverManyThreadsChangeIt() throws InterruptedException {
        Object lock = new Object();
        int[] state = new int[4];
        Map<Integer, Integer> stored = new ConcurrentHashMap<>();
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean wrong = new AtomicBoolean();
        Handover<Integer, Integer> handover = new Handover<>((key, value) -> {
            Integer before = stored.put(key, value.orElseThrow());
            if (inside.incrementAndGet() != 1 || (before != null && before >= value.orElseThrow())
                    || Thread.holdsLock(lock)) {
                wrong.set(true);
            }
            inside.decrementAndGet();
        });
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 5_000; i++) {
                    synchronized (lock) {
                        int key = i % state.length;
                        handover.put(key, ++state[key]);
                    }
                    handover.flush();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isFalse();
        assertThat(stored).isEqualTo(Map.of(0, 10_000, 1, 10_000, 2, 10_000, 3, 10_000));
    }

    @Test
    void whatTheReceiverRefusedIsHandedOverTheNextTime() {
        AtomicBoolean broken = new AtomicBoolean(true);
        List<Optional<Integer>> heard = new ArrayList<>();
        Handover<String, Integer> handover = new Handover<>((_, value) -> {
            if (broken.get()) {
                throw new IllegalStateException("not now");
            }
            heard.add(value);
        });
        handover.put("a", 1);
        assertThatThrownBy(handover::flush).hasMessage("not now");
        broken.set(false);
        handover.flush();
        assertThat(heard).containsExactly(Optional.of(1));
    }
}

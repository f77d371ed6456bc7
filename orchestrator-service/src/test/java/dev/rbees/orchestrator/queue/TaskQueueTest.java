package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import dev.rbees.api.task.Priority;
import dev.rbees.thread.Ownership;

import static org.assertj.core.api.Assertions.assertThat;

/** The order of the waiting, and the room for them. */
class TaskQueueTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final TaskQueue<String> queue = new TaskQueue<>(new Ownership("the queue"));

    private final Map<Long, Ticket> tickets = new HashMap<>();

    private void add(Priority priority, String flow, long ticket, String task) {
        tickets.put(ticket, queue.add("m", priority, flow, ticket, NOW, task));
    }

    private List<String> order() {
        List<String> order = new ArrayList<>();
        queue.line("m").forEach(order::add);
        return order;
    }

    private int position(long ticket) {
        return queue.position(Objects.requireNonNull(tickets.get(ticket)));
    }

    @Test
    void interactiveBeforeBatchAndFirstComeFirstServedInside() {
        add(Priority.BATCH, "", 1, "b1");
        add(Priority.INTERACTIVE, "", 2, "i2");
        add(Priority.INTERACTIVE, "", 3, "i3");
        add(Priority.BATCH, "", 4, "b4");
        assertThat(order()).containsExactly("i2", "i3", "b1", "b4");
        assertThat(queue.line("m").first()).contains("i2");
        assertThat(position(4)).isEqualTo(4);
        assertThat(position(3)).isEqualTo(2);
        assertThat(queue.size(Priority.BATCH)).isEqualTo(2);
    }

    @Test
    void modelsDoNotHoldEachOtherUp() {
        queue.add("a", Priority.INTERACTIVE, "", 1, NOW, "a1");
        tickets.put(2L, queue.add("b", Priority.INTERACTIVE, "", 2, NOW, "b2"));
        assertThat(queue.line("b").first()).contains("b2");
        assertThat(position(2)).isEqualTo(1);
        assertThat(queue.remove(1)).isTrue();
        assertThat(queue.remove(1)).isFalse();
        assertThat(queue.models()).containsExactly("b");
        assertThat(queue.line("a").first()).isEmpty();
    }

    @Test
    void sessionsTakeTurns() {
        add(Priority.INTERACTIVE, "a", 1, "a1");
        add(Priority.INTERACTIVE, "a", 2, "a2");
        add(Priority.INTERACTIVE, "a", 3, "a3");
        add(Priority.INTERACTIVE, "b", 4, "b1");
        add(Priority.INTERACTIVE, "b", 5, "b2");
        assertThat(order()).containsExactly("a1", "b1", "a2", "b2", "a3");
        queue.serve(1);
        add(Priority.INTERACTIVE, "c", 6, "c1");
        assertThat(order()).as("who comes anew does not go before what was passed over").containsExactly("b1", "a2", "b2",
                "c1", "a3");
        assertThat(position(6)).isEqualTo(4);
    }

    @Test
    void aTaskThatComesBackIsNextAgain() {
        add(Priority.INTERACTIVE, "", 1, "one");
        add(Priority.INTERACTIVE, "", 2, "two");
        add(Priority.INTERACTIVE, "", 3, "three");
        queue.serve(1);
        queue.serve(2);
        queue.addAgain("m", Priority.INTERACTIVE, 2, NOW, "two");
        queue.addAgain("m", Priority.INTERACTIVE, 1, NOW, "one");
        assertThat(order()).containsExactly("one", "two", "three");
    }

    @Test
    void aBatchTaskIsPromotedAfterFiveMinutes() {
        add(Priority.BATCH, "", 1, "b1");
        add(Priority.INTERACTIVE, "", 2, "i2");
        assertThat(queue.promote(NOW.plus(TaskQueue.PATIENCE).minusMillis(1))).isEmpty();
        assertThat(order()).containsExactly("i2", "b1");
        assertThat(queue.promote(NOW.plus(TaskQueue.PATIENCE))).containsOnlyKeys("b1")
                .allSatisfy((_, spot) -> assertThat(queue.position(spot)).isEqualTo(1));
        assertThat(order()).containsExactly("b1", "i2");
        assertThat(queue.size(Priority.BATCH)).isZero();
        assertThat(queue.oldestBatch()).isEmpty();
        assertThat(position(2)).isEqualTo(2);
    }

    @Test
    void theOldestAndTheNewestBatchTaskCanBeGivenUp() {
        add(Priority.BATCH, "", 1, "b1");
        add(Priority.BATCH, "", 2, "b2");
        add(Priority.BATCH, "", 3, "b3");
        assertThat(queue.oldestBatch()).contains("b1");
        assertThat(queue.newestBatch()).contains("b3");
    }

    @Test
    void theRoomIsBoundedForNewTasksAndOpenForOldOnes() {
        QueuePermits permits = new QueuePermits(2, 1_000);
        assertThat(permits.tryAcquire(10)).isTrue();
        assertThat(permits.tryAcquire(10)).isTrue();
        assertThat(permits.tryAcquire(10)).isFalse();
        assertThat(permits.describe()).contains("2 tasks wait already");
        permits.acquire(10);
        assertThat(permits.tasks()).isEqualTo(3);
        permits.release(10);
        permits.release(10);
        assertThat(permits.tryAcquire(10)).isTrue();
    }

    @Test
    void theBytesOfWhatWaitsAreBounded() {
        QueuePermits permits = new QueuePermits(100, 1_000);
        assertThat(permits.tryAcquire(5_000)).as("one alone may be of any size").isTrue();
        assertThat(permits.tryAcquire(1)).isFalse();
        permits.release(5_000);
        assertThat(permits.tryAcquire(600)).isTrue();
        assertThat(permits.tryAcquire(600)).isFalse();
        assertThat(permits.tryAcquire(400)).isTrue();
        assertThat(permits.bytes()).isEqualTo(1_000);
    }

    @Test
    void theWaitForRoomFollowsTheRateOfDepartures() {
        DrainRate rate = new DrainRate();
        assertThat(rate.untilRoom(NOW)).isEqualTo(Duration.ofSeconds(5));
        for (int i = 0; i <= 10; i++) {
            rate.departed(NOW.plusSeconds(10L * i));
        }
        assertThat(rate.untilRoom(NOW.plusSeconds(100))).isBetween(Duration.ofSeconds(9),
                Duration.ofSeconds(11));
        assertThat(rate.untilRoom(NOW.plus(Duration.ofHours(10)))).isEqualTo(Duration.ofMinutes(2));
    }
}

package dev.rbees.orchestrator.queue;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.rbees.api.task.Priority;

import static org.assertj.core.api.Assertions.assertThat;

/** The order of the waiting, and the room for them. */
class TaskQueueTest {

    private final TaskQueue<String> queue = new TaskQueue<>();

    @Test
    void interactiveBeforeBatchAndFirstComeFirstServedInside() {
        queue.add("m", Priority.BATCH, 1, "b1");
        queue.add("m", Priority.INTERACTIVE, 2, "i2");
        queue.add("m", Priority.INTERACTIVE, 3, "i3");
        queue.add("m", Priority.BATCH, 4, "b4");
        assertThat(queue.inOrder("m")).containsExactly("i2", "i3", "b1", "b4");
        assertThat(queue.first("m")).contains("i2");
        assertThat(queue.position("m", Priority.BATCH, 4)).isEqualTo(4);
        assertThat(queue.position("m", Priority.INTERACTIVE, 3)).isEqualTo(2);
        assertThat(queue.size(Priority.BATCH)).isEqualTo(2);
    }

    @Test
    void modelsDoNotHoldEachOtherUp() {
        queue.add("a", Priority.INTERACTIVE, 1, "a1");
        queue.add("b", Priority.INTERACTIVE, 2, "b2");
        assertThat(queue.first("b")).contains("b2");
        assertThat(queue.position("b", Priority.INTERACTIVE, 2)).isEqualTo(1);
        queue.remove("a", Priority.INTERACTIVE, 1);
        assertThat(queue.models()).containsExactly("b");
        assertThat(queue.first("a")).isEmpty();
    }

    @Test
    void aTaskThatComesBackFindsItsPlace() {
        queue.add("m", Priority.INTERACTIVE, 1, "one");
        queue.add("m", Priority.INTERACTIVE, 2, "two");
        queue.remove("m", Priority.INTERACTIVE, 1);
        assertThat(queue.first("m")).contains("two");
        queue.add("m", Priority.INTERACTIVE, 1, "one");
        assertThat(queue.inOrder("m")).containsExactly("one", "two");
    }

    @Test
    void theRoomIsBoundedForNewTasksAndOpenForOldOnes() {
        QueueRoom room = new QueueRoom(2);
        assertThat(room.tryTake()).isTrue();
        assertThat(room.tryTake()).isTrue();
        assertThat(room.tryTake()).isFalse();
        room.take();
        assertThat(room.taken()).isEqualTo(3);
        room.giveBack();
        room.giveBack();
        assertThat(room.tryTake()).isTrue();
    }

    @Test
    void theWaitForRoomFollowsTheRateOfDepartures() {
        DrainRate rate = new DrainRate();
        assertThat(rate.untilRoom(0)).isEqualTo(Duration.ofSeconds(5));
        for (int i = 0; i <= 10; i++) {
            rate.departed(Duration.ofSeconds(10L * i).toNanos());
        }
        assertThat(rate.untilRoom(Duration.ofSeconds(100).toNanos())).isBetween(Duration.ofSeconds(9),
                Duration.ofSeconds(11));
        assertThat(rate.untilRoom(Duration.ofHours(10).toNanos())).isEqualTo(Duration.ofMinutes(2));
    }
}

package dev.rbees.orchestrator.core;

import java.time.Duration;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.time.Moment;

/** Tasks while they wait: where they stand, and what readers are told of that. A task that waits holds a permit of the queue. */
final class WaitingTasks {

    private final State state;

    WaitingTasks(State state) {
        this.state = state;
    }

    /** Waits from now on, with those of its flow. */
    Ticket join(LiveTask task) {
        Task record = task.record();
        Ticket ticket = state.queue.add(record.model(), record.priority(), record.flow(), task.number(), task.since(), task);
        task.ticket(ticket);
        return ticket;
    }

    /** Waits again, before those that came later. */
    Ticket joinAgain(LiveTask task) {
        Task record = task.record();
        state.emit(new Effect.AcquirePermit(task.bytes()));
        Ticket ticket = state.queue.addAgain(record.model(), record.priority(), task.number(), task.since(), task);
        task.ticket(ticket);
        return ticket;
    }

    /** Tells readers where it stands, when that is news. */
    void tell(LiveTask task, int position, long watch, Moment now) {
        WaitingFor start = state.waitingFor.get(task.record().model());
        if (task.tellsAnew(position, start)) {
            state.emit(new Effect.TellPosition(new TaskEvent.Queued(task.id(), position,
                    state.untilStart(task.record().model(), position, now.steady()).map(Duration::toMillis).orElse(null),
                    start), watch));
        }
    }

    /** Tells those who read along how their tasks have moved up. */
    void tellPositions(Moment now) {
        for (LiveTask task : state.watched) {
            Ticket ticket = task.ticket();
            if (ticket != null) {
                tell(task, state.queue.position(ticket), task.lastWatch(), now);
            }
        }
    }

    /** Batch tasks that have waited long enough go with the interactive ones. */
    void promote(Moment now) {
        state.queue.promote(now.steady()).forEach((task, ticket) -> {
            task.ticket(ticket);
            state.emit(new Effect.Publish(task.record(), ticket));
        });
    }

    /** Waits no longer, if it did. */
    void leave(LiveTask task) {
        if (task.ticket() != null) {
            state.queue.remove(task.number());
            task.ticket(null);
            state.emit(new Effect.ReleasePermit(task.bytes()));
        }
    }
}

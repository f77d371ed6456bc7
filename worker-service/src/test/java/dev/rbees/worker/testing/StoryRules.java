package dev.rbees.worker.testing;

import java.util.List;

import dev.rbees.api.task.TaskEvent;

/** What every answer's events must be, whatever happened to it. */
public final class StoryRules {

    private StoryRules() {}

    /**
     * One {@code started} first, tokens numbered without gaps from {@code firstIndex}, exactly one terminal event, as the last.
     *
     * @throws AssertionError with the rule that is broken
     */
    public static void check(List<TaskEvent> events, int firstIndex) {
        require(!events.isEmpty() && events.getFirst() instanceof TaskEvent.Started, "does not begin with started", events);
        require(events.stream().filter(TaskEvent.Started.class::isInstance).count() == 1, "starts more than once", events);
        require(events.getLast().terminal(), "does not end with end or error", events);
        require(events.stream().filter(TaskEvent::terminal).count() == 1, "ends more than once", events);
        int index = firstIndex;
        for (TaskEvent event : events) {
            if (event instanceof TaskEvent.Token token) {
                require(token.i() == index++, "misses or repeats a token", events);
            }
        }
        if (events.getLast() instanceof TaskEvent.End end) {
            require(end.tokensOut() == index, "counts other tokens than it gave", events);
        }
    }

    private static void require(boolean holds, String problem, List<TaskEvent> events) {
        if (!holds) {
            throw new AssertionError("the answer " + problem + ": " + events);
        }
    }
}

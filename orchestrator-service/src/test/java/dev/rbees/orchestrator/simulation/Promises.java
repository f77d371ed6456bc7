package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.task.Attempt;
import dev.rbees.orchestrator.task.Task;

/** What an accepted task is promised, looked at when all is over; gives what was not kept, in words. */
final class Promises {

    private static final int MAX_DEATHS = 3;

    private Promises() {}

    /**
     * @param task its record
     * @param request what is left of its prompt
     * @param events its log
     * @param wanted tokens of its answer
     */
    static List<String> broken(Task task, @Nullable String request, List<LoggedEvent> events, int wanted) {
        List<String> broken = new ArrayList<>();
        if (!task.state().terminal()) {
            return List.of("is still " + task.state());
        }
        if (request != null) {
            broken.add("has ended, and its prompt is still there");
        }
        if (!IntStream.range(0, events.size()).allMatch(i -> events.get(i).sequence() == i + 1)) {
            broken.add("has a log with a gap or a repeat");
        }
        long ends = events.stream().filter(LoggedEvent::terminal).count();
        if (ends != 1 || !events.getLast().terminal()) {
            broken.add("has " + ends + " last events");
        } else if (events.getLast().type().equals("end") != (task.state() == TaskState.COMPLETED)) {
            broken.add("is " + task.state() + ", and its log ends with " + events.getLast().type());
        }
        if (task.workerDeaths() > MAX_DEATHS) {
            broken.add("died with " + task.workerDeaths() + " workers");
        }
        broken.addAll(answer(task, events, wanted));
        return broken;
    }

    private static List<String> answer(Task task, List<LoggedEvent> events, int wanted) {
        List<String> broken = new ArrayList<>();
        List<TaskEvent> said = events.stream().map(LoggedEvent::event).toList();
        List<TaskEvent.Started> starts = only(said, TaskEvent.Started.class);
        List<TaskEvent.Token> tokens = only(said, TaskEvent.Token.class);
        if (starts.size() > 1) {
            broken.add("started " + starts.size() + " times");
        }
        if (task.state() == TaskState.COMPLETED && tokens.size() != wanted) {
            broken.add("is complete with " + tokens.size() + " tokens instead of " + wanted);
        }
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).i() != i) {
                broken.add("has the token " + tokens.get(i).i() + " at " + i);
                return broken;
            }
            int made = i;
            boolean right = task.attempts().stream().filter(attempt -> attempt.firstToken() <= made)
                    .map(Attempt::numerics).anyMatch(numerics -> numerics != null && tokens.get(made)
                            .id() == SimulatedWorker.token(starts.getFirst().seed().bits(), made, fingerprint(numerics)));
            if (!right) {
                broken.add("has a wrong token at " + i);
                return broken;
            }
        }
        if (!tokens.isEmpty() && task.attempts().stream().allMatch(Attempt::exact) && !uninterrupted(task, starts, tokens)) {
            broken.add("is said to be exact, and is not what it would have been");
        }
        return broken;
    }

    private static boolean uninterrupted(Task task, List<TaskEvent.Started> starts, List<TaskEvent.Token> tokens) {
        return task.attempts().stream().map(Attempt::numerics)
                .anyMatch(numerics -> numerics != null && tokens.stream().allMatch(token -> token
                        .id() == SimulatedWorker.token(starts.getFirst().seed().bits(), token.i(), fingerprint(numerics))));
    }

    private static String fingerprint(String numerics) {
        return numerics.substring(numerics.indexOf('/') + 1);
    }

    private static <T> List<T> only(List<TaskEvent> events, Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** What a reader must have seen: the log, from its beginning, without gap or repeat. */
    static List<String> broken(Reader reader, List<LoggedEvent> events) {
        return reader.seen().equals(events)
                ? List.of()
                : List.of(
                        "was read as " + reader.seen().size() + " events that are not the " + events.size() + " of its log");
    }
}

package dev.rbees.orchestrator.benchmark;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;

import dev.rbees.api.task.TaskSubmission;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.store.SqlTaskStore;
import dev.rbees.orchestrator.store.TaskStore.NewTask;
import dev.rbees.orchestrator.task.Task;

/**
 * Writes tasks that wait into a record, as an orchestrator would that took them and was then ended. Arguments: the RBEES_HOME, and
 * how many.
 */
public final class WaitingTasks {

    private static final int AT_ONCE = 4_096;

    private WaitingTasks() {}

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[1]);
        String request = "{\"model\":\"soak\",\"prompt\":\"" + "word ".repeat(100) + "\",\"max_tokens\":64}";
        TaskSubmission wanted = TaskSubmission.read(request.getBytes(StandardCharsets.UTF_8));
        Semaphore room = new Semaphore(AT_ONCE);
        try (SqlTaskStore store = SqlTaskStore.open(new RbeesHome(Path.of(args[0])), Optional.empty())) {
            for (int i = 0; i < count; i++) {
                Task task = Task.accepted(new UUID(i, ~(long) i).toString(), "benchmark", "", null, wanted, Instant.now());
                room.acquire();
                var _ = store.insert(new NewTask(task, request, "", null)).whenComplete((_, failure) -> {
                    room.release();
                    if (failure != null) {
                        failure.printStackTrace();
                    }
                });
            }
            room.acquire(AT_ONCE);
        }
    }
}

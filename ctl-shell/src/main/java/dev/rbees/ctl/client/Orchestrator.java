package dev.rbees.ctl.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.operations.ModelView;
import dev.rbees.api.operations.OrchestratorHealth;
import dev.rbees.api.operations.Uptime;
import dev.rbees.api.pool.PoolView;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.cli.UniquePrefix;
import dev.rbees.shell.client.Addresses;
import dev.rbees.shell.client.Credentials;
import dev.rbees.shell.client.Endpoint;
import dev.rbees.shell.http.ProgramAnswer;

/** The orchestrator's native interface. */
public final class Orchestrator {

    /** why: it sends a comment every 15 s, so three times that means that nobody is there any more. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    /** The most tasks that the orchestrator lists at a time. */
    public static final int MOST_LISTED = 1000;

    private final Endpoint endpoint;

    /**
     * @param bases its address as the user named it, or those of a cluster with commas
     * @param credentials what it is shown and by what it is trusted
     */
    public Orchestrator(String bases, Credentials credentials) {
        this(bases, credentials, PATIENCE);
    }

    /** @param patience how long nothing may come */
    public Orchestrator(String bases, Credentials credentials, Duration patience) {
        this.endpoint = new Endpoint(Addresses.webs(bases, "--orchestrator"), credentials, patience, ErrorCode.TIMEOUT,
                "start the orchestrator with 'rbees orchestrator start' on its machine, or name another with --orchestrator or RBEES_ORCHESTRATOR_URL");
    }

    /** Hands a task in. */
    public Accepted submit(TaskOrder order) {
        return read(endpoint.post("/v2/tasks", order.toJson()), Accepted.class);
    }

    /** The newest tasks. */
    public List<TaskView> list(Optional<TaskState> status, int limit) {
        String query = "?limit=" + limit + status.map(state -> "&status=" + state.name()).orElse("");
        return List.of(read(endpoint.get("/v2/tasks" + query), TaskView[].class));
    }

    public TaskView show(String id) {
        return read(endpoint.get(path(id)), TaskView.class);
    }

    /**
     * Does something with the task that a word means: the one of this id, else the only one of the newest whose id begins with
     * it.
     *
     * @param use is given a whole id, and throws TASK_NOT_FOUND when there is no such task
     * @throws RbeesException TASK_NOT_FOUND when no task is meant
     * @throws dev.rbees.cli.UsageException when several are
     */
    public <T> T withTask(String word, Function<String, T> use) {
        try {
            return use.apply(word);
        } catch (RbeesException e) {
            if (e.code() != ErrorCode.TASK_NOT_FOUND) {
                throw e;
            }
            return use.apply(UniquePrefix.resolve(word, newestIds()).filter(id -> !id.equals(word)).orElseThrow(() -> e));
        }
    }

    private List<String> newestIds() {
        try {
            return list(Optional.empty(), MOST_LISTED).stream().map(TaskView::jobId).toList();
        } catch (RbeesException _) {
            // that there is no task of this id is the news
            return List.of();
        }
    }

    /** Why a task is where it is. */
    public TaskExplanation explain(String id) {
        return read(endpoint.get(path(id) + "/explain"), TaskExplanation.class);
    }

    /** The workers that are registered. */
    public List<WorkerView> workers() {
        return List.of(read(endpoint.get("/v2/workers"), WorkerView[].class));
    }

    /** The models that tasks may name. */
    public List<ModelView> models() {
        return List.of(read(endpoint.get("/v2/models"), ModelView[].class));
    }

    /** The machines behind it; none where an older orchestrator knows of none. */
    public List<PoolView> pools() {
        try {
            return List.of(read(endpoint.get("/v2/pools"), PoolView[].class));
        } catch (RbeesException e) {
            // why: an older orchestrator has no such path
            if (e.code() == ErrorCode.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /** How it is. */
    public OrchestratorHealth health() {
        return read(endpoint.get("/health"), OrchestratorHealth.class);
    }

    /** Since when it runs. */
    public Uptime uptime() {
        return read(endpoint.get("/v2/health"), Uptime.class);
    }

    /** What it counts. */
    public Measurements measurements() {
        return Measurements.parse(endpoint.get("/metrics"));
    }

    /** Asks for the end of a task; one that has ended already stays as it is. Gives what the task is then. */
    public TaskView cancel(String id) {
        // why: without a body the JDK would declare an empty form, which the orchestrator refuses
        return read(endpoint.post(path(id) + "/cancel", "{}"), TaskView.class);
    }

    /**
     * Reads events until the stream ends.
     *
     * @param after the id of the last event that is known, empty for none
     * @throws IOException when the connection breaks
     */
    void events(String id, String after, Consumer<SseEvent> sink) throws IOException {
        Map<String, String> headers = after.isEmpty()
                ? Map.of("Accept", "text/event-stream")
                : Map.of("Accept", "text/event-stream", "Last-Event-ID", after);
        try (ProgramAnswer answer = endpoint.openGet(path(id) + "/events", headers)) {
            answer.events(event -> {
                sink.accept(event);
                return true;
            });
        }
    }

    RbeesException lost(String id, Exception cause) {
        return endpoint
                .unreachable("the connection was lost and did not come back; the task goes on, and 'rbees jobs follow "
                        + id + "' shows its answer later", cause);
    }

    private static String path(String id) {
        return "/v2/tasks/" + Ids.require("task", id);
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return Json.read(json, type);
        } catch (RbeesException e) {
            throw new RbeesException(ErrorCode.INTERNAL,
                    "the orchestrator's answer is not understood; are it and this program of the same version?", e);
        }
    }
}

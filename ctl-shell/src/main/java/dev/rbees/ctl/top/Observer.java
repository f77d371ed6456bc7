package dev.rbees.ctl.top;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import dev.rbees.api.operations.OrchestratorHealth;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolView;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.ctl.client.Measurements;
import dev.rbees.ctl.client.Orchestrator;

/** Asks an orchestrator again and again what goes on. */
public final class Observer {

    /** why: tokens are counted when their task ends, so that a shorter window would show leaps. */
    private static final Duration WINDOW = Duration.ofSeconds(15);
    private static final int NEWEST = 500;
    private static final String ALL_TOKENS = "orchd_tokens_out_total";
    private static final String QUEUE = "orchd_queue_depth";

    private final Orchestrator orchestrator;
    private final String address;
    private final LongSupplier nanoTime;
    private final Rates rates = new Rates(WINDOW);
    private final TokenTally tally = new TokenTally();

    /**
     * @param address of the orchestrator, for people
     * @param nanoTime a clock that never jumps
     */
    public Observer(Orchestrator orchestrator, String address, LongSupplier nanoTime) {
        this.orchestrator = orchestrator;
        this.address = address;
        this.nanoTime = nanoTime;
    }

    /** What goes on now; rates since an earlier look. */
    public Overview look() {
        OrchestratorHealth health = orchestrator.health();
        List<PoolView> pools = orchestrator.pools();
        List<WorkerView> workers = orchestrator.workers();
        Measurements measured = orchestrator.measurements();
        Map<String, Double> counters = new HashMap<>(tally.after(orchestrator.list(Optional.empty(), NEWEST)));
        counters.put(ALL_TOKENS, measured.value(ALL_TOKENS));
        rates.add(nanoTime.getAsLong(), counters);
        List<TaskView> waiting = health.queueDepth() == 0
                ? List.of()
                : orchestrator.list(Optional.of(TaskState.QUEUED), Orchestrator.MOST_LISTED);
        return new Overview(address, health.status(), totals(pools, workers, measured),
                pools.stream().map(Observer::machine).toList(),
                workers.stream().map(worker -> worker(worker, pools)).sorted(Comparator.comparing(Overview.Worker::workerId))
                        .toList(),
                queue(waiting));
    }

    private Overview.Totals totals(List<PoolView> pools, List<WorkerView> workers, Measurements measured) {
        int slots = workers.stream().mapToInt(WorkerView::slotsTotal).sum();
        int free = workers.stream().mapToInt(WorkerView::slotsFree).sum();
        return new Overview.Totals((int) pools.stream().filter(pool -> pool.state() == PoolState.ONLINE).count(),
                workers.size(), slots, Math.max(0, slots - free), depth(measured, Priority.INTERACTIVE),
                depth(measured, Priority.BATCH), rates.perSecond(ALL_TOKENS).orElse(null));
    }

    private static int depth(Measurements measured, Priority priority) {
        return (int) measured.value(QUEUE, "priority", priority.wireName());
    }

    private static Overview.Machine machine(PoolView pool) {
        return new Overview.Machine(pool.id(), pool.host(), pool.state(), pool.problem(), pool.lastSeenAt(),
                pool.status() == null ? null : pool.status().memory(),
                pool.status() == null ? List.of() : pool.status().gpus());
    }

    private Overview.Worker worker(WorkerView worker, List<PoolView> pools) {
        String machine = pools.stream().filter(pool -> pool.status() != null && pool.status().workers().stream()
                .anyMatch(process -> process.workerId().equals(worker.workerId()))).map(PoolView::id).findFirst()
                .orElse(null);
        return new Overview.Worker(worker.workerId(), machine, worker.status(), worker.model(), worker.backend(),
                worker.slotsTotal(), Math.max(0, worker.slotsTotal() - worker.slotsFree()),
                rates.perSecond(worker.workerId()).orElse(null));
    }

    private static List<Overview.Waiting> queue(List<TaskView> waiting) {
        Map<String, Map<Priority, Integer>> counts = new TreeMap<>();
        waiting.forEach(task -> counts.computeIfAbsent(task.model(), _ -> new TreeMap<>())
                .merge(task.priority(), 1, Integer::sum));
        return counts.entrySet().stream().flatMap(model -> model.getValue().entrySet().stream()
                .map(each -> new Overview.Waiting(model.getKey(), each.getKey(), each.getValue())))
                .sorted(Comparator.comparingInt(Overview.Waiting::tasks).reversed()).toList();
    }
}

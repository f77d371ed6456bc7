package dev.rbees.orchestrator.web;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

import dev.rbees.api.operations.ModelView;
import dev.rbees.api.operations.OrchestratorCapabilities;
import dev.rbees.api.operations.OrchestratorHealth;
import dev.rbees.api.operations.Uptime;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.cli.Program;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.QueuePermits;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.service.Bridge;
import dev.rbees.thread.Liveness;

/** What operators ask: models, health, metrics. */
@RestController
final class OperationsController {

    private static final String VERSION = Program.of("rbees-orcd", OperationsController.class).version();
    private static final List<String> FEATURES = List.of("tasks", "event-streams", "resume", "failover", "explain",
            "idempotency-keys", "deadlines", "priorities", "sessions-take-turns",
            "session-budgets", "openai-chat-completions", "openai-completions", "openai-embeddings", "tenants", "standby",
            "pools");

    private final Liveness liveness;
    private final Gate gate;
    private final TaskStore store;
    private final Fleet fleet;
    private final KnownModels models;
    private final Pools pools;
    private final QueuePermits permits;
    private final PrometheusMeterRegistry metrics;

    OperationsController(Liveness liveness, Gate gate, TaskStore store, Fleet fleet, KnownModels models,
            Pools pools, QueuePermits permits,
            PrometheusMeterRegistry metrics) {
        this.liveness = liveness;
        this.gate = gate;
        this.store = store;
        this.fleet = fleet;
        this.models = models;
        this.pools = pools;
        this.permits = permits;
        this.metrics = metrics;
    }

    @GetMapping("/v2/health")
    Uptime uptime() {
        return new Uptime(status(), ManagementFactory.getRuntimeMXBean().getUptime() / 1000, List.of());
    }

    @GetMapping("/v2/meta/version")
    Map<String, String> version() {
        return Map.of("api_version", "2", "version", VERSION);
    }

    @GetMapping("/v2/meta/capabilities")
    OrchestratorCapabilities capabilities() {
        int longest = models.all().stream().mapToInt(KnownModel::contextLength).max().orElse(0);
        return new OrchestratorCapabilities(VERSION, FEATURES,
                new OrchestratorCapabilities.Limits(longest,
                        permits.capacity() == Integer.MAX_VALUE ? null : permits.capacity()));
    }

    @GetMapping("/v2/models")
    List<ModelView> models() {
        List<WorkerView> workers = fleet.views();
        return models.all().stream().map(model -> view(model, workers)).toList();
    }

    private static ModelView view(KnownModel model, List<WorkerView> workers) {
        List<String> loaded = workers.stream().filter(worker -> worker.model().equals(model.id()))
                .map(WorkerView::workerId).toList();
        return new ModelView(model.id(), model.digest(), model.contextLength(), loaded);
    }

    @GetMapping("/health")
    OrchestratorHealth health() {
        return new OrchestratorHealth(status(), fleet.size(), pools.views().size(), permits.tasks());
    }

    private String status() {
        if (liveness.failure().isPresent()) {
            return "failed";
        }
        if (gate.closed()) {
            return "draining";
        }
        return store.trouble().isPresent() ? "storage_unavailable" : "ok";
    }

    /** The process runs. */
    @GetMapping("/health/live")
    Map<String, String> live() {
        return Map.of("status", "ok");
    }

    /** 503 when no new tasks are taken. */
    @GetMapping("/health/ready")
    ResponseEntity<Map<String, String>> ready() {
        String status = status();
        return ResponseEntity.status(status.equals("ok") ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(Map.of("status", status));
    }

    @GetMapping(path = "/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
    Mono<String> metrics() {
        return Bridge.blocking(() -> metrics.scrape());
    }
}

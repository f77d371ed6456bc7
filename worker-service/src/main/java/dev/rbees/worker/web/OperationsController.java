package dev.rbees.worker.web;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.json.Json;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.service.ConnectionLoop;
import dev.rbees.service.EventStream;
import dev.rbees.service.SseFrame;
import dev.rbees.worker.generation.Workload;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;

/** What operators ask: {@code /health}, {@code /metrics}, {@code /shutdown}. */
@RestController
final class OperationsController {

    private static final int PROTOCOL = 1;
    private static final Duration LOAD_POLL = Duration.ofMillis(100);

    private final WorkerSettings settings;
    private final WorkerState state;
    private final PrometheusMeterRegistry metrics;
    private final Shutdown shutdown;
    private final InstantSource clock;
    private final Instant started;

    OperationsController(WorkerSettings settings, WorkerState state, PrometheusMeterRegistry metrics, Shutdown shutdown,
            InstantSource clock) {
        this.settings = settings;
        this.state = state;
        this.metrics = metrics;
        this.shutdown = shutdown;
        this.clock = clock;
        this.started = clock.instant();
    }

    @GetMapping("/health")
    WorkerHealth health() {
        Optional<WorkerState.Loaded> model = state.model();
        Optional<Workload> workload = model.map(WorkerState.Loaded::workload);
        boolean loading = state.status() == WorkerStatus.LOADING;
        return new WorkerHealth(state.status(), state.renamed().orElse(settings.workerId()), settings.modelId(),
                settings.backend(),
                model.map(WorkerState.Loaded::capabilities).orElse(List.of()),
                PROTOCOL, loading ? state.loading().phase() : null,
                loading ? state.loading().percent() : null, state.failure().orElse(null),
                workload.map(Workload::tokenizerKind).orElse(null),
                workload.map(Workload::vocabularySize).orElse(null),
                workload.map(Workload::contextLength).orElse(null), model.map(WorkerState.Loaded::encoding).orElse(null),
                model.map(WorkerState.Loaded::modelDigest).orElse(null),
                model.map(WorkerState.Loaded::fingerprint).orElse(null), memoryArchitecture(settings.backend()),
                workload.map(Workload::memoryBytes).orElse(0L), workload.map(Workload::slotsTotal).orElse(0),
                workload.map(Workload::slotsFree).orElse(0),
                Duration.between(started, clock.instant()).toSeconds(),
                model.map(WorkerState.Loaded::warnings).orElse(List.of()), state.registration().orElse(null));
    }

    private static String memoryArchitecture(Backend backend) {
        return switch (backend) {
            case CPU -> "host";
            case CUDA -> "vram-only";
            case COREML, WEBGPU -> "unified";
        };
    }

    /** How far loading is: an event whenever that has changed, and a last one, {@code ready} or {@code error}. */
    @GetMapping("/load")
    Mono<Void> load(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        return EventStream.write(response, Flux
                .interval(Duration.ZERO, LOAD_POLL, Schedulers.fromExecutorService(ConnectionLoop.of(response)))
                .onBackpressureDrop().map(_ -> loadEvent()).distinctUntilChanged()
                .takeUntil(frame -> !frame.startsWith("event: load"))
                .map(SseFrame::buffer));
    }

    private String loadEvent() {
        if (state.failure().isPresent()) {
            return SseFrame.of(null, "error",
                    Json.write(Map.of("code", ErrorCode.MODEL_LOAD_FAILED, "message", state.failure().get())));
        }
        return state.model().isPresent()
                ? SseFrame.of(null, "ready", Json.write(Map.of("model", settings.modelId())))
                : SseFrame.of(null, "load", Json.write(state.loading()));
    }

    @GetMapping(path = "/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
    String metrics() {
        return metrics.scrape();
    }

    /** Lets what runs end, then ends the program. */
    @PostMapping("/shutdown")
    ResponseEntity<Map<String, String>> shutdown() {
        shutdown.begin();
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("status", WorkerStatus.DRAINING.wireName()));
    }
}

package dev.rbees.worker.lifecycle;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;

/** What {@code /metrics} says of the worker as a whole. */
public final class WorkerMeters {

    private WorkerMeters() {}

    public static void bind(MeterRegistry registry, WorkerSettings settings, WorkerState state) {
        Gauge.builder("worker.vram.bytes", () -> state.model().map(model -> model.workload().memoryBytes()).orElse(0L))
                .description("Bytes of weights and KV cache").tag("worker_id", settings.workerId()).register(registry);
        Gauge.builder("worker.slots.free", () -> state.model().map(model -> model.workload().slotsFree()).orElse(0))
                .description("Slots that can take a request").register(registry);
        TimeGauge
                .builder("worker.uptime", ManagementFactory.getRuntimeMXBean(), TimeUnit.MILLISECONDS,
                        RuntimeMXBean::getUptime)
                .description("Time since the process started").register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }
}

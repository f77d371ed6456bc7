package dev.rbees.service;

import java.util.Locale;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What {@code /metrics} says of the door of a program. */
final class EdgeMeters {

    private EdgeMeters() {}

    static void bind(MeterRegistry registry, Connections connections, BodyBudget budget, ClientFaults faults) {
        Gauge.builder("rbees_connections_open", connections::open).description("Connections that are open")
                .register(registry);
        for (Connections.Cut reason : Connections.Cut.values()) {
            FunctionCounter.builder("rbees_connections_cut", connections, all -> all.cut(reason))
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .description(
                            "Connections that were cut because their clients were too slow, or refused because there were too many")
                    .register(registry);
        }
        Gauge.builder("rbees_request_body_bytes", budget::used)
                .description("Memory of bodies that are being received or read").register(registry);
        FunctionCounter.builder("rbees_request_bodies_refused", budget, BodyBudget::refused)
                .description("Requests that were refused because there was no memory for their bodies").register(registry);
        FunctionCounter.builder("rbees_requests_malformed", faults, ClientFaults::malformed)
                .description("What came over connections and was no HTTP").register(registry);
    }
}

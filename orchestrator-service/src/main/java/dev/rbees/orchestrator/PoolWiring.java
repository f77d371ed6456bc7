package dev.rbees.orchestrator;

import java.security.SecureRandom;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.rbees.api.model.Catalog;
import dev.rbees.api.pool.PoolState;
import dev.rbees.orchestrator.control.Adoption;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.pool.PoolRegistry;
import dev.rbees.orchestrator.provisioning.OwnAddress;
import dev.rbees.orchestrator.provisioning.PoolAccesses;
import dev.rbees.orchestrator.provisioning.PoolOperations;
import dev.rbees.orchestrator.provisioning.WorkerControl;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;

/** What is made of what, as far as pools are concerned. */
@Configuration(proxyBeanMethods = false)
class PoolWiring {

    @Bean
    Pools pools(OrchestratorSettings settings, Ownership coreOwner, PrometheusMeterRegistry metrics) {
        Pools pools = new Pools(settings.placement(), KnownModels.downloadable(Catalog.builtIn()), coreOwner);
        for (PoolState state : PoolState.values()) {
            Gauge.builder("orchd_pools", () -> pools.views().stream().filter(pool -> pool.state() == state).count())
                    .tag("state", state.wireName()).description("Pools that are known, by their state")
                    .register(metrics);
        }
        return pools;
    }

    @Bean
    PoolRegistry poolRegistry(OrchestratorSettings settings, TaskStore store) {
        return new PoolRegistry(store, settings.pools().pools());
    }

    @Bean(destroyMethod = "")
    PoolOperations poolOperations(OrchestratorSettings settings, PoolRegistry registry, KnownModels models,
            SteadyClock clock,
            Environment environment, Liveness liveness) {
        OwnAddress own = new OwnAddress(settings.advertiseUrl(), settings.bind(),
                () -> environment.getProperty("local.server.port", Integer.class, settings.port()),
                settings.home().root().toAbsolutePath() + " " + settings.port(), settings.tls().isPresent());
        return new PoolOperations(registry, new PoolAccesses(settings.pools().environment()),
                new WorkerControl(own, settings.joinToken().or(settings::token), clock::steady), models, clock,
                new SecureRandom(),
                liveness);
    }

    /** Pools are asked how they are from now on. */
    @Bean
    SmartInitializingSingleton poolsJoin(PoolOperations operations, ControlLoop control, Adoption adoption) {
        return () -> operations.begin(control);
    }
}

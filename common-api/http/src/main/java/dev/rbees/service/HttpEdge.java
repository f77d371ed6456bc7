package dev.rbees.service;

import java.util.Optional;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

import dev.rbees.api.json.Json;

/** What stands before the controllers of each program that serves HTTP; the program adds its {@link ErrorFormat}. */
@Configuration(proxyBeanMethods = false)
@Import(ServerEdge.class)
public class HttpEdge {

    @Bean
    JsonMapper jsonMapper() {
        return Json.mapper();
    }

    @Bean
    CorrelationFilter correlation() {
        return new CorrelationFilter();
    }

    @Bean
    HostGuard hostGuard(ObjectProvider<Daemon.Listening> settings) {
        return new HostGuard(access(settings));
    }

    @Bean
    TokenGuard tokenGuard(ObjectProvider<Daemon.Listening> settings, ObjectProvider<Keyring> keyring) {
        Optional<Keyring> oneKey = access(settings).token()
                .map(token -> shown -> token.matches(shown) ? Optional.of(Caller.OPERATOR) : Optional.empty());
        return new TokenGuard(oneKey.map(one -> keyring.getIfAvailable(() -> one)), System::nanoTime);
    }

    private static Access access(ObjectProvider<Daemon.Listening> settings) {
        Daemon.Listening listening = settings.getIfAvailable();
        return listening == null ? Access.LOOPBACK : listening.access();
    }

    @Bean
    ErrorRendering errors(ErrorFormat format) {
        return new ErrorRendering(format);
    }

    @Bean
    BodyBudget bodyBudget(Connections connections) {
        return new BodyBudget(connections.limits().bodies());
    }

    @Bean
    RequestBodies requestBodies(BodyBudget budget) {
        return new RequestBodies(budget);
    }

    @Bean
    CodecCustomizer bodies(RequestBodies bodies) {
        return codecs -> codecs.customCodecs().register(bodies);
    }

    /** For a program that measures. */
    @Bean
    SmartInitializingSingleton edgeMeters(ObjectProvider<MeterRegistry> meters, Connections connections, BodyBudget budget,
            ClientFaults faults) {
        return () -> meters.ifAvailable(registry -> EdgeMeters.bind(registry, connections, budget, faults));
    }
}

package dev.rbees.service;

import java.util.Optional;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

import dev.rbees.api.json.Json;

/** What stands before the controllers of each program that serves HTTP; the program adds its {@link ErrorFormat}. */
@Configuration(proxyBeanMethods = false)
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
}

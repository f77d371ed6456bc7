package dev.rbees.service;

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
    LoopbackGuard guard() {
        return new LoopbackGuard();
    }

    @Bean
    ErrorRendering errors(ErrorFormat format) {
        return new ErrorRendering(format);
    }
}

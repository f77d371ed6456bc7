package dev.rbees.worker.benchmark;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * The least that a server with Spring Boot and WebFlux can be: it opens a port and knows no path. Its start is what the start
 * of our worker is measured by. Argument: the port.
 */
// why: not @SpringBootApplication, which the worker's own search for components would find in its tests
@EnableAutoConfiguration
public final class EmptyApplication {

    private EmptyApplication() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(EmptyApplication.class);
        application.setDefaultProperties(Map.of("server.port", args[0], "server.address", "127.0.0.1"));
        application.run();
    }
}

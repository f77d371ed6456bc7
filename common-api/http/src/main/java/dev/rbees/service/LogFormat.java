package dev.rbees.service;

import java.util.Map;

import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;

import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;

/** How the log lines of a program look; they go to stderr. */
enum LogFormat {
    /** For people. */
    TEXT("logback-text.xml"),
    /** One JSON object per line. */
    JSON("logback-json.xml");

    private final String configuration;

    LogFormat(String configuration) {
        this.configuration = configuration;
    }

    /** @throws UsageException when {@code RBEES_LOG_FORMAT} names another one */
    static LogFormat of(Map<String, String> environment) {
        String name = environment.getOrDefault(Environment.LOG_FORMAT, "");
        return switch (name) {
            case "", "text" -> TEXT;
            case "json" -> JSON;
            default -> throw new UsageException(Environment.LOG_FORMAT + " must be text or json (got '" + name + "')");
        };
    }

    /** Where Spring finds the configuration. */
    String location() {
        return "classpath:dev/rbees/service/" + configuration;
    }

    /** For what has something to say before Spring configures the log. */
    void begin() {
        LoggingSystem log = LoggingSystem.get(LogFormat.class.getClassLoader());
        log.beforeInitialize();
        log.initialize(new LoggingInitializationContext(new StandardEnvironment()), location(), null);
    }
}

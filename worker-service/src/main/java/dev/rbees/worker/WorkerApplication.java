package dev.rbees.worker;

import java.net.BindException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Program;
import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.lifecycle.ModelLoader;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.TerminationSignal;
import dev.rbees.worker.lifecycle.WorkerLifecycle;
import dev.rbees.worker.lifecycle.WorkerMeters;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;

/** {@code rbees-workerd}: holds one model in one process and answers requests over HTTP. */
@SpringBootApplication
public class WorkerApplication {

    private static final Program PROGRAM = Program.of("rbees-workerd", WorkerApplication.class);

    public static void main(String[] args) {
        int code = run(List.of(args), System.getenv());
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Starts the worker; gives 0 when it is ready, or when there was only something to print. */
    private static int run(List<String> args, Map<String, String> environment) {
        try {
            if (args.contains("--version")) {
                System.out.println(PROGRAM.versionLine());
                return 0;
            }
            CommandLine line = CommandLine.parse(WorkerSettings.SPEC, args);
            if (line.help()) {
                System.out.print(WorkerSettings.SPEC.help(PROGRAM.name()));
                return 0;
            }
            WorkerSettings settings = WorkerSettings.of(line, environment);
            Environment.warnings(environment).forEach(LoggerFactory.getLogger(WorkerApplication.class)::warn);
            serve(settings);
            return 0;
        } catch (UsageException e) {
            System.err.println("error: " + e.userMessage() + "\nTry '" + PROGRAM.name() + " --help'.");
            return 2;
        } catch (RbeesException e) {
            System.err.println("error: " + e.userMessage());
            return 1;
        }
    }

    private static void serve(WorkerSettings settings) {
        SpringApplication application = new SpringApplication(WorkerApplication.class);
        application.setRegisterShutdownHook(false);
        application.setAddCommandLineProperties(false);
        application.setDefaultProperties(Map.of("server.port", settings.port(), "server.address", settings.bind()));
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("settings", settings));
        ConfigurableApplicationContext context = open(application, settings);
        // why: no shutdown hook, because ONNX Runtime has one of its own, which would take the model away from running answers
        TerminationSignal.handle(context.getBean(Shutdown.class)::begin);
        context.getBean(WorkerLifecycle.class).start();
    }

    private static ConfigurableApplicationContext open(SpringApplication application, WorkerSettings settings) {
        try {
            return application.run();
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof PortInUseException || cause instanceof BindException) {
                    throw new UsageException("--port " + settings.port() + " is in use by another program; choose another");
                }
            }
            throw e;
        }
    }

    @Bean
    JsonMapper jsonMapper() {
        return Json.mapper();
    }

    @Bean
    Clock clock() {
        return Clock.system(ZoneId.systemDefault());
    }

    /** Drains, then ends the process at once: nothing is left that a hook would have to close. */
    @Bean
    Shutdown shutdown(WorkerLifecycle lifecycle) {
        AtomicBoolean begun = new AtomicBoolean();
        return () -> {
            if (begun.compareAndSet(false, true)) {
                Thread.ofPlatform().name("shutdown").start(() -> {
                    lifecycle.stop();
                    Runtime.getRuntime().halt(0);
                });
            }
        };
    }

    @Bean
    WorkerState state() {
        return new WorkerState();
    }

    @Bean
    PrometheusMeterRegistry metrics(WorkerSettings settings, WorkerState state) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        WorkerMeters.bind(registry, settings, state);
        return registry;
    }

    @Bean
    GenerationMetrics generationMetrics(PrometheusMeterRegistry registry) {
        return new GenerationMetrics(registry);
    }

    @Bean
    WorkerLifecycle lifecycle(WorkerSettings settings, WorkerState state, Clock clock, GenerationMetrics metrics) {
        return new WorkerLifecycle(settings, state, new ModelLoader(settings, clock, new SecureRandom(), metrics));
    }
}

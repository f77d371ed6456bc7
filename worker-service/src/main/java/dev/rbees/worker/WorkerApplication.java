package dev.rbees.worker;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

import dev.rbees.cli.Program;
import dev.rbees.cli.UsageException;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;
import dev.rbees.service.TerminationSignal;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.lifecycle.ListeningPort;
import dev.rbees.worker.lifecycle.ModelLoader;
import dev.rbees.worker.lifecycle.PreparedModel;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.WorkerLifecycle;
import dev.rbees.worker.lifecycle.WorkerMeters;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;

/** {@code rbees-workerd}: holds one model in one process and answers requests over HTTP. */
@SpringBootApplication
@Import(HttpEdge.class)
public class WorkerApplication {

    private static final Daemon<WorkerSettings> DAEMON = new Daemon<>(Program.of("rbees-workerd", WorkerApplication.class),
            WorkerSettings.SPEC, WorkerSettings::of, WorkerApplication.class);

    private static final Clock CLOCK = Clock.system(ZoneId.systemDefault());

    /** why: no hooks, as below; and nothing is said to anybody first, because what failed may be what would have to say it. */
    private static final Liveness LIVENESS = new Liveness(_ -> Runtime.getRuntime().halt(Liveness.EXIT_CODE));

    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable e) {
            // why: the server's threads would go on without a model
            LIVENESS.failed(Thread.currentThread().getName(), e);
        }
    }

    private static void run(String[] args) {
        int code = DAEMON.run(List.of(args), System.getenv(), WorkerApplication::serve);
        if (code != 0) {
            // why: no hooks, as above; a model may just be loading
            Runtime.getRuntime().halt(code);
        }
    }

    /** Refuses first what can be refused at once; then takes the port; then loads the model, which may take minutes. */
    private static void serve(WorkerSettings settings) {
        ListeningPort.requireFree(settings.bind(), settings.port());
        DAEMON.beginLog(System.getenv());
        PreparedModel model = new ModelLoader(settings, CLOCK, new SecureRandom()).prepare();
        ConfigurableApplicationContext context = open(settings, new WorkerLifecycle(settings, model, LIVENESS));
        // why: no shutdown hook, because ONNX Runtime has one of its own, which would take the model away from running
        // answers
        TerminationSignal.handle(context.getBean(Shutdown.class)::begin);
        context.getBean(WorkerLifecycle.class).start(context.getBean(GenerationMetrics.class));
    }

    private static ConfigurableApplicationContext open(WorkerSettings settings, WorkerLifecycle lifecycle) {
        try {
            return DAEMON.open(WorkerApplication.class, settings, System.getenv(), lifecycle);
        } catch (UsageException e) {
            // why: the one thing that can be wrong here is that the port was free a moment ago
            throw ListeningPort.taken(settings.port());
        }
    }

    @Bean
    ErrorFormat errorFormat() {
        return ErrorFormat.NATIVE;
    }

    /** Drains, then ends the process at once: nothing is left that a hook would have to close. */
    @Bean
    Shutdown shutdown(WorkerLifecycle lifecycle) {
        AtomicBoolean begun = new AtomicBoolean();
        return () -> {
            if (begun.compareAndSet(false, true)) {
                new OwnerThread("shutdown", LIVENESS, () -> {
                    lifecycle.stop();
                    Runtime.getRuntime().halt(0);
                }).start();
            }
        };
    }

    @Bean
    Clock clock() {
        return CLOCK;
    }

    @Bean
    WorkerState state(WorkerLifecycle lifecycle) {
        return lifecycle.state();
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
}

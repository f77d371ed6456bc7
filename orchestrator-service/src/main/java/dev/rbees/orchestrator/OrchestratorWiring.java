package dev.rbees.orchestrator;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.home.LockFile;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.audit.AuditFile;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.cluster.Deposed;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.ControlTools;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.Quotas;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.dispatch.WorkerClient;
import dev.rbees.orchestrator.embedding.Embeddings;
import dev.rbees.orchestrator.lifecycle.Mode;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.openai.OpenAiErrorFormat;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.queue.Rates;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.security.Keys;
import dev.rbees.orchestrator.security.RoleGuard;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.store.Leading;
import dev.rbees.orchestrator.store.SqlTaskStore;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;
import dev.rbees.thread.Liveness;

/** What is made of what. */
@Configuration(proxyBeanMethods = false)
@Import(HttpEdge.class)
class OrchestratorWiring {

    private static final Logger LOG = LoggerFactory.getLogger(OrchestratorWiring.class);

    /** why: when the server closes, its last stream is gone already. */
    @Bean
    ReactorResourceFactory reactorResources() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setShutdownQuietPeriod(Duration.ZERO);
        return resources;
    }

    /** What ends the process when a thread of it has failed; a test that runs in a process of its own brings another. */
    @Bean
    @ConditionalOnMissingBean
    Liveness liveness() {
        return OrchestratorApplication.liveness();
    }

    @Bean
    Clock clock() {
        return Clock.system(ZoneId.systemDefault());
    }

    @Bean
    PrometheusMeterRegistry metrics() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    @Bean
    ErrorFormat errorFormat() {
        return new OpenAiErrorFormat();
    }

    /** why: two orchestrators on one record would each believe to be alone. */
    @Bean(destroyMethod = "close")
    LockFile onlyOne(OrchestratorSettings settings) {
        return LockFile.tryAcquire(settings.home().open().orchestratorLock())
                .orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT, "another rbees-orcd uses " + settings.home().root()
                        + "; stop it, or set RBEES_HOME to another folder"));
    }

    @Bean(destroyMethod = "")
    TaskStore store(OrchestratorSettings settings, LockFile onlyOne, ObjectProvider<Deposed> deposed) {
        Leading leading = new Leading(settings.advertiseUrl().orElse(""),
                () -> deposed.ifAvailable(Deposed::hear));
        return SqlTaskStore.open(settings.home(), settings.database(), leading);
    }

    @Bean
    Gate gate() {
        return new Gate();
    }

    @Bean
    QueueRoom room(OrchestratorSettings settings) {
        return new QueueRoom(settings.queueCapacity());
    }

    @Bean(destroyMethod = "")
    WorkerClient workers(OrchestratorSettings settings) {
        return new WorkerClient(settings.joinToken().or(settings::token));
    }

    @Bean
    WorkerAddresses workerAddresses(OrchestratorSettings settings) {
        return new WorkerAddresses(settings.workerNetworks());
    }

    @Bean
    EventRelay relay(PrometheusMeterRegistry metrics) {
        return new EventRelay(metrics);
    }

    @Bean
    TaskDirectory directory(TaskStore store) {
        return new TaskDirectory(store);
    }

    @Bean
    KnownModels models(TaskStore store) {
        return new KnownModels(Catalog.builtIn(), store.models());
    }

    @Bean
    Sessions sessions(TaskStore store, Clock clock) {
        return new Sessions(store, clock);
    }

    @Bean
    Tenants tenants(TaskStore store, Clock clock) {
        return new Tenants(store, clock, new SecureRandom());
    }

    @Bean
    AuditLog audit(OrchestratorSettings settings, Clock clock, PrometheusMeterRegistry metrics) {
        if (settings.mode() != Mode.PLATFORM) {
            return AuditLog.NONE;
        }
        AuditFile audit = AuditFile.open(settings.home().open().audit(), clock);
        FunctionCounter.builder("orchd_audit_events_emitted", audit, AuditFile::written).register(metrics);
        FunctionCounter.builder("orchd_audit_events_dropped", audit, AuditFile::dropped).register(metrics);
        return audit;
    }

    @Bean
    Keys keys(OrchestratorSettings settings, Tenants tenants, AuditLog audit) {
        return new Keys(settings.token(), settings.joinToken(),
                Optional.of(tenants).filter(_ -> settings.mode() == Mode.PLATFORM), audit);
    }

    @Bean
    RoleGuard roles(AuditLog audit) {
        return new RoleGuard(audit);
    }

    @Bean
    Fleet fleet(OrchestratorSettings settings, PrometheusMeterRegistry metrics, Clock clock) {
        Fleet fleet = new Fleet(settings.policy(), clock);
        metrics.gauge("orchd_workers", fleet, Fleet::size);
        return fleet;
    }

    @Bean
    ControlTools tools(OrchestratorSettings settings, TaskStore store, WorkerClient workers, Fleet fleet,
            KnownModels models, Sessions sessions, Tenants tenants, QueueRoom room, PrometheusMeterRegistry metrics,
            AuditLog audit, TaskDirectory directory, Clock clock) {
        return new ControlTools(store, workers, fleet, models, new Quotas(tenants, sessions), room, settings.fullQueue(),
                settings.policy(), settings.timeouts(), new Rates(System::nanoTime), new TaskMeters(metrics), audit,
                directory, clock, new SecureRandom());
    }

    @Bean(destroyMethod = "")
    ControlLoop control(ControlTools tools, PrometheusMeterRegistry metrics) {
        ControlLoop control = new ControlLoop(tools);
        FunctionCounter.builder("orchd_control_faults", control, ControlLoop::faults)
                .description("Commands that met a fault of the orchestrator itself; always 0 but for a bug")
                .register(metrics);
        return control;
    }

    @Bean
    Embeddings embeddings(Gate gate, KnownModels models, Fleet fleet, Tenants tenants, WorkerClient workers) {
        return new Embeddings(gate, models, fleet, tenants, workers::embed);
    }

    /** The way in; what was left over from before is taken up before the first request. */
    @Bean
    Intake intake(Gate gate, ControlLoop control, ControlTools tools, WorkerClient workers) {
        Admission admission = new Admission(gate, tools.store(), tools.models(), tools.fleet(), workers::countTokens,
                tools.room(), tools.rates(), control);
        Intake intake = new Intake(admission, control, tools);
        tools.store().unfinished(left -> {
            LOG.info("task {} was left {}", left.task().id(), left.task().state());
            intake.takeUp(left);
        });
        control.start();
        return intake;
    }
}

package dev.rbees.orchestrator;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditFile;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.cluster.LeadershipLost;
import dev.rbees.orchestrator.control.Adoption;
import dev.rbees.orchestrator.control.Affinity;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.ControlTools;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.core.Core;
import dev.rbees.orchestrator.core.CoreSettings;
import dev.rbees.orchestrator.dispatch.WorkerClient;
import dev.rbees.orchestrator.embedding.Embeddings;
import dev.rbees.orchestrator.lifecycle.Mode;
import dev.rbees.orchestrator.lifecycle.OrchestratorSettings;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.openai.OpenAiErrorFormat;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.provisioning.PoolOperations;
import dev.rbees.orchestrator.queue.QueuePermits;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.relay.EndedLogs;
import dev.rbees.orchestrator.relay.EventRelay;
import dev.rbees.orchestrator.security.RoleGuard;
import dev.rbees.orchestrator.security.TokenRegistry;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.store.Leading;
import dev.rbees.orchestrator.store.SqlTaskStore;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.store.Upkeep;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;

/** What is made of what. */
@Configuration(proxyBeanMethods = false)
@Import(HttpEdge.class)
class OrchestratorWiring {

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
    TaskStore store(OrchestratorSettings settings, LockFile onlyOne, ObjectProvider<LeadershipLost> deposed, Clock clock,
            Liveness liveness) {
        Leading leading = new Leading(settings.advertiseUrl().orElse(""),
                () -> deposed.ifAvailable(LeadershipLost::hear));
        return SqlTaskStore.open(settings.home(), settings.database(), leading,
                new Upkeep(settings.retention(), Upkeep.PAUSE, clock, liveness), liveness,
                Schedulers::isInNonBlockingThread);
    }

    @Bean
    Gate gate() {
        return new Gate();
    }

    @Bean
    QueuePermits permits(OrchestratorSettings settings) {
        return new QueuePermits(settings.queueCapacity(), settings.queueBytes());
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
    EndedLogs endedLogs(TaskStore store) {
        return new EndedLogs(store::events);
    }

    @Bean
    EventRelay relay(PrometheusMeterRegistry metrics, EndedLogs ended) {
        return new EventRelay(metrics, ended);
    }

    @Bean
    TaskDirectory directory(TaskStore store) {
        return new TaskDirectory(store);
    }

    @Bean
    KnownModels models(TaskStore store, Clock clock) {
        return new KnownModels(Catalog.builtIn(), store, clock);
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
    AuditLog audit(OrchestratorSettings settings, Clock clock, PrometheusMeterRegistry metrics, Liveness liveness) {
        if (settings.mode() != Mode.PLATFORM) {
            return AuditLog.NONE;
        }
        RbeesHome home = settings.home().open();
        AuditFile audit = AuditFile.open(home.audit(), home.keys(), clock, AuditFile.Form.USUAL, liveness);
        audit.write(() -> AuditEvent.started(settings.mode().name().toLowerCase(Locale.ROOT)));
        FunctionCounter.builder("orchd_audit_events_emitted", audit, AuditFile::written).register(metrics);
        FunctionCounter.builder("orchd_audit_events_dropped", audit, AuditFile::dropped).register(metrics);
        return audit;
    }

    @Bean
    TokenRegistry tokens(OrchestratorSettings settings, Tenants tenants, AuditLog audit) {
        return new TokenRegistry(settings.token(), settings.joinToken(),
                Optional.of(tenants).filter(_ -> settings.mode() == Mode.PLATFORM), audit);
    }

    @Bean
    RoleGuard roles(AuditLog audit) {
        return new RoleGuard(audit);
    }

    @Bean
    SteadyClock steadyClock(Clock clock) {
        return new SteadyClock(clock, System::nanoTime);
    }

    @Bean
    ThroughputEstimator throughput() {
        return new ThroughputEstimator();
    }

    /** Whose all is that the core decides about: the thread {@code control}'s, as soon as it runs. */
    @Bean
    Ownership coreOwner() {
        return new Ownership("the state of tasks and workers");
    }

    @Bean
    Fleet fleet(OrchestratorSettings settings, PrometheusMeterRegistry metrics, Ownership coreOwner) {
        Fleet fleet = new Fleet(settings.policy(), coreOwner);
        Gauge.builder("orchd_workers", fleet::size).description("Workers that are registered").register(metrics);
        return fleet;
    }

    @Bean
    Core core(OrchestratorSettings settings, Ownership coreOwner, Fleet fleet, Pools pools, ThroughputEstimator throughput) {
        return new Core(coreOwner, new CoreSettings(settings.policy(), settings.fullQueue(), settings.timeouts()), fleet,
                pools, throughput, new SecureRandom());
    }

    @Bean
    ControlTools tools(TaskStore store, WorkerClient workers, Sessions sessions, Tenants tenants, KnownModels models,
            QueuePermits permits,
            PrometheusMeterRegistry metrics, AuditLog audit, TaskDirectory directory, SteadyClock clock, Core core,
            PoolOperations pools) {
        return new ControlTools(store, workers, new Quotas(tenants, sessions), models, permits,
                new TaskMeters(metrics, core.waiting()::size), audit, pools, directory, clock, new SecureRandom());
    }

    @Bean(destroyMethod = "")
    ControlLoop control(Core core, Ownership coreOwner, ControlTools tools, Liveness liveness) {
        return new ControlLoop(core, coreOwner, tools, liveness);
    }

    @Bean
    Embeddings embeddings(Gate gate, KnownModels models, Fleet fleet, Tenants tenants, WorkerClient workers) {
        return new Embeddings(gate, models, fleet, tenants, workers::embed);
    }

    @Bean
    Affinity affinity(OrchestratorSettings settings) {
        return new Affinity(settings.policy());
    }

    /** What was left over from before is taken up while the first requests are served. */
    @Bean(destroyMethod = "")
    Adoption adoption(ControlTools tools, ControlLoop control, Affinity affinity, Liveness liveness) {
        Adoption adoption = new Adoption(tools, control, affinity, liveness);
        control.start();
        adoption.start();
        return adoption;
    }

    /** The way in. */
    @Bean
    Intake intake(Gate gate, KnownModels models, Fleet fleet, WorkerClient workers, ThroughputEstimator throughput,
            ControlLoop control, ControlTools tools, Affinity affinity, Adoption adoption) {
        Admission admission = new Admission(gate, tools.store(), models, fleet, workers::countTokens, throughput,
                tools.clock());
        return new Intake(admission, control, tools, throughput, affinity, adoption::suspect,
                Schedulers.boundedElastic()::schedule);
    }
}

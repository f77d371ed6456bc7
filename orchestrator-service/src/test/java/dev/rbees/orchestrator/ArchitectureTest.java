package dev.rbees.orchestrator;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import reactor.core.publisher.Mono;

import dev.rbees.service.testing.DaemonRules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Which package may know which: a request goes one way. */
@AnalyzeClasses(packages = "dev.rbees.orchestrator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesKnowOnlyTheStagesTheyUse = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("task").definedBy("dev.rbees.orchestrator.task..")
            .layer("events").definedBy("dev.rbees.orchestrator.events..")
            .layer("scheduling").definedBy("dev.rbees.orchestrator.scheduling..")
            .layer("queue").definedBy("dev.rbees.orchestrator.queue..")
            .layer("worker").definedBy("dev.rbees.orchestrator.worker..")
            .layer("session").definedBy("dev.rbees.orchestrator.session..")
            .layer("tenant").definedBy("dev.rbees.orchestrator.tenant..")
            .layer("reservation").definedBy("dev.rbees.orchestrator.reservation..")
            .layer("quota").definedBy("dev.rbees.orchestrator.quota..")
            .layer("audit").definedBy("dev.rbees.orchestrator.audit..")
            .layer("security").definedBy("dev.rbees.orchestrator.security..")
            .layer("embedding").definedBy("dev.rbees.orchestrator.embedding..")
            .layer("cluster").definedBy("dev.rbees.orchestrator.cluster..")
            .layer("store").definedBy("dev.rbees.orchestrator.store..")
            .layer("dispatch").definedBy("dev.rbees.orchestrator.dispatch..")
            .layer("observability").definedBy("dev.rbees.orchestrator.observability..")
            .layer("admission").definedBy("dev.rbees.orchestrator.admission..")
            .layer("pool").definedBy("dev.rbees.orchestrator.pool..")
            .layer("provisioning").definedBy("dev.rbees.orchestrator.provisioning..")
            .layer("core").definedBy("dev.rbees.orchestrator.core..")
            .layer("time").definedBy("dev.rbees.orchestrator.time..")
            .layer("persistent").definedBy("dev.rbees.orchestrator.persistent..")
            .layer("crypto").definedBy("dev.rbees.orchestrator.crypto..")
            .layer("control").definedBy("dev.rbees.orchestrator.control..")
            .layer("relay").definedBy("dev.rbees.orchestrator.relay..")
            .layer("lifecycle").definedBy("dev.rbees.orchestrator.lifecycle..")
            .layer("web").definedBy("dev.rbees.orchestrator.web..", "dev.rbees.orchestrator.openai..")
            .whereLayer("web").mayNotBeAccessedByAnyLayer()
            .whereLayer("lifecycle").mayNotBeAccessedByAnyLayer()
            .whereLayer("relay").mayOnlyBeAccessedByLayers("web", "lifecycle")
            .whereLayer("control").mayOnlyBeAccessedByLayers("provisioning", "web", "lifecycle")
            .whereLayer("core").mayOnlyBeAccessedByLayers("control", "provisioning", "lifecycle")
            .whereLayer("provisioning").mayOnlyBeAccessedByLayers("web", "lifecycle")
            .whereLayer("pool").mayOnlyBeAccessedByLayers("store", "provisioning", "web", "lifecycle")
            .whereLayer("persistent").mayOnlyBeAccessedByLayers("queue", "scheduling", "worker")
            .whereLayer("crypto").mayOnlyBeAccessedByLayers("audit", "store", "tenant")
            .whereLayer("admission").mayOnlyBeAccessedByLayers("control", "embedding", "web", "lifecycle")
            .whereLayer("embedding").mayOnlyBeAccessedByLayers("web", "lifecycle")
            .whereLayer("cluster").mayOnlyBeAccessedByLayers("lifecycle")
            .whereLayer("dispatch").mayOnlyBeAccessedByLayers("admission", "core", "control", "lifecycle")
            .whereLayer("store").mayOnlyBeAccessedByLayers("admission", "cluster", "control", "web", "lifecycle")
            .whereLayer("session").mayOnlyBeAccessedByLayers("store", "quota", "control", "web", "lifecycle")
            .whereLayer("reservation").mayOnlyBeAccessedByLayers("session", "tenant", "quota", "control")
            .whereLayer("quota").mayOnlyBeAccessedByLayers("control", "lifecycle")
            .whereLayer("tenant").mayOnlyBeAccessedByLayers("store", "embedding", "quota", "control", "security", "web",
                    "lifecycle")
            .whereLayer("audit").mayOnlyBeAccessedByLayers("control", "security", "web", "lifecycle")
            .whereLayer("security").mayOnlyBeAccessedByLayers("web", "lifecycle")
            .whereLayer("scheduling").mayOnlyBeAccessedByLayers("task", "worker", "core", "control", "lifecycle")
            .whereLayer("events").mayOnlyBeAccessedByLayers("store", "control", "relay", "web");

    @ArchTest
    static final ArchRule noPackageNeedsOneThatNeedsIt = slices().matching("dev.rbees.orchestrator.(*)..").should()
            .beFreeOfCycles();

    /** A transition is a function of the state, the command and the time that it is given. */
    @ArchTest
    static final ArchRule theTransitionCoreActsOnNothing = noClasses().that()
            .resideInAPackage("dev.rbees.orchestrator.core..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.rbees.orchestrator.store..", "dev.rbees.orchestrator.events..",
                    "dev.rbees.orchestrator.control..", "dev.rbees.orchestrator.audit..", "dev.rbees.orchestrator.quota..",
                    "dev.rbees.orchestrator.observability..", "java.io..", "java.net..", "java.nio..", "java.sql..",
                    "java.util.concurrent.locks..", "java.util.concurrent.atomic..")
            .orShould().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().callMethod(Instant.class, "now").orShould()
            .callMethod(CompletableFuture.class, "complete", Object.class);

    @ArchTest
    static final ArchRule theCoreIsPlainJava = noClasses().that()
            .resideInAnyPackage("dev.rbees.orchestrator.core..", "dev.rbees.orchestrator.time..",
                    "dev.rbees.orchestrator.persistent..", "dev.rbees.orchestrator.task..", "dev.rbees.orchestrator.queue..",
                    "dev.rbees.orchestrator.scheduling..", "dev.rbees.orchestrator.events..",
                    "dev.rbees.orchestrator.control..", "dev.rbees.orchestrator.admission..",
                    "dev.rbees.orchestrator.store..", "dev.rbees.orchestrator.worker..",
                    "dev.rbees.orchestrator.session..", "dev.rbees.orchestrator.tenant..", "dev.rbees.orchestrator.audit..",
                    "dev.rbees.orchestrator.quota..", "dev.rbees.orchestrator.reservation..",
                    "dev.rbees.orchestrator.embedding..")
            .should().dependOnClassesThat().resideInAnyPackage("org.springframework..", "reactor..", "io.netty..");

    @ArchTest
    static final ArchRule onlyTheStoreKnowsTheDatabase = noClasses().that()
            .resideOutsideOfPackage("dev.rbees.orchestrator.store..").should().dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.sqlite..", "org.flywaydb..");

    /** Its only bridge is {@link dev.rbees.service.Bridge}, which leaves the threads that decide and write. */
    @ArchTest
    static final ArchRule theWebTakesNoPromiseByItself = noClasses().that()
            .resideInAnyPackage("dev.rbees.orchestrator.web..", "dev.rbees.orchestrator.openai..").should()
            .callMethodWhere(describe("of a future as a Mono",
                    call -> call.getTarget().getOwner().isEquivalentTo(Mono.class)
                            && Set.of("fromFuture", "fromCompletionStage").contains(call.getTarget().getName())));

    @ArchTest
    static final ArchTests WHAT_BOTH_DAEMONS_KEEP_TO = ArchTests.in(DaemonRules.class);
}

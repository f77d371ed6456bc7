package dev.rbees.worker;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Set;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.service.testing.DaemonRules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** Which package may know which. */
@AnalyzeClasses(packages = "dev.rbees.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> OPENING = Set.of("open", "newInputStream", "newByteChannel", "newBufferedReader",
            "readAllBytes", "readAllLines", "readString", "lines");

    @ArchTest
    static final ArchRule packagesKnowOnlyTheStagesBeforeThem = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("model").definedBy("dev.rbees.worker.model..")
            .layer("tokenizer").definedBy("dev.rbees.worker.tokenizer..")
            .layer("graph").definedBy("dev.rbees.worker.graph..")
            .layer("onnx").definedBy("dev.rbees.worker.onnx..")
            .layer("template").definedBy("dev.rbees.worker.template..")
            .layer("grammar").definedBy("dev.rbees.worker.grammar..")
            .layer("sampling").definedBy("dev.rbees.worker.sampling..")
            .layer("generation").definedBy("dev.rbees.worker.generation..")
            .layer("embedding").definedBy("dev.rbees.worker.embedding..")
            .layer("lifecycle").definedBy("dev.rbees.worker.lifecycle..")
            .layer("web").definedBy("dev.rbees.worker.web..")
            .whereLayer("web").mayNotBeAccessedByAnyLayer()
            .whereLayer("lifecycle").mayOnlyBeAccessedByLayers("web")
            .whereLayer("embedding").mayOnlyBeAccessedByLayers("web", "lifecycle")
            .whereLayer("generation").mayOnlyBeAccessedByLayers("embedding", "web", "lifecycle")
            .whereLayer("onnx").mayOnlyBeAccessedByLayers("generation", "embedding", "lifecycle")
            .whereLayer("template").mayOnlyBeAccessedByLayers("generation", "lifecycle")
            .whereLayer("grammar").mayOnlyBeAccessedByLayers("generation")
            .whereLayer("sampling").mayOnlyBeAccessedByLayers("generation")
            .whereLayer("graph").mayOnlyBeAccessedByLayers("onnx", "lifecycle")
            .whereLayer("tokenizer").mayOnlyBeAccessedByLayers("graph", "generation", "embedding", "lifecycle")
            .whereLayer("model").mayOnlyBeAccessedByLayers("tokenizer", "graph", "onnx", "lifecycle");

    @ArchTest
    static final ArchRule onlyTheOnnxPackageKnowsOnnxRuntime = noClasses().that()
            .resideOutsideOfPackage("dev.rbees.worker.onnx..").should().dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule onlyTheEdgesKnowSpringAndReactor = noClasses().that()
            .resideOutsideOfPackages("dev.rbees.worker", "dev.rbees.worker.web..").should().dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "reactor..");

    /** why: there what files say loses its escape sequences and its length. */
    @ArchTest
    static final ArchRule onlyOneClassSaysThatAModelCannotBeLoaded = noClasses().that()
            .resideOutsideOfPackage("dev.rbees.worker.web..").and().doNotHaveSimpleName("ModelFault").should()
            .accessField(ErrorCode.class, "MODEL_LOAD_FAILED");

    /** why: there links, devices and files without an end are refused. The others read files of our own making, or the system's. */
    @ArchTest
    static final ArchRule onlyOneClassOpensTheFilesOfAModel = noClasses().that()
            .resideInAnyPackage("dev.rbees.worker.model..", "dev.rbees.worker.tokenizer..", "dev.rbees.worker.graph..",
                    "dev.rbees.worker.onnx..")
            .and().doNotHaveSimpleName("ModelFile").and().doNotHaveSimpleName("ImportedModel")
            .and().doNotHaveSimpleName("ModelImporter").and().doNotHaveSimpleName("DigestMemory")
            .and().doNotHaveSimpleName("WeightsFile").and().doNotHaveSimpleName("TokenizerData")
            .and().doNotHaveSimpleName("PromptGraph").and().doNotHaveSimpleName("OnnxRuntime")
            .and().doNotHaveSimpleName("ExtractedLibraries").should()
            .callMethodWhere(describe("opens a file", call -> OPENING.contains(call.getTarget().getName())
                    && (call.getTargetOwner().isEquivalentTo(Files.class)
                            || call.getTargetOwner().isEquivalentTo(FileChannel.class))));

    @ArchTest
    static final ArchTests WHAT_BOTH_DAEMONS_KEEP_TO = ArchTests.in(DaemonRules.class);
}

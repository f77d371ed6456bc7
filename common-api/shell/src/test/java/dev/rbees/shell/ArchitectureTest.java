package dev.rbees.shell;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Who may know the terminal, and who may print. */
@AnalyzeClasses(packages = "dev.rbees.shell", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule renderKnowsOnlyTheSharedLanguage = classes().that().resideInAPackage("dev.rbees.shell.render..")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java..", "org.jspecify..", "org.yaml.snakeyaml..",
                    "dev.rbees.api..", "dev.rbees.cli..", "dev.rbees.shell.render..");

    @ArchTest
    static final ArchRule onlyTheShellItselfKnowsTheTerminal = noClasses()
            .that().resideOutsideOfPackage("dev.rbees.shell")
            .should().dependOnClassesThat().resideInAnyPackage("org.springframework..", "org.jline..");

    @ArchTest
    static final ArchRule nobodyPrintsPastTheConsole = noClasses().that().haveNameNotMatching(".*\\.shell\\.Console")
            .should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule nobodyEndsTheProcess = noClasses()
            .should().callMethod(System.class, "exit", int.class).orShould().callMethod(Runtime.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule packagesKnowEachOtherInOneDirection = slices().matching("dev.rbees.(**)").should()
            .beFreeOfCycles();
}

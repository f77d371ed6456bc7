package dev.rbees.cli;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** All four programs carry this, so it carries nothing. */
@AnalyzeClasses(packages = {"dev.rbees.cli", "dev.rbees.home"}, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule commandLinesAndFilesArePlainJava = classes()
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify..", "dev.rbees.api..", "dev.rbees.cli..",
                    "dev.rbees.home..");

    @ArchTest
    static final ArchRule packagesKnowEachOtherInOneDirection = slices().matching("dev.rbees.(*)..").should()
            .beFreeOfCycles();
}

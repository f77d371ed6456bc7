package dev.rbees.api;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** What the programs say to each other stands on nothing of theirs. */
@AnalyzeClasses(packages = "dev.rbees.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theWireTypesKnowNothingButJackson = classes()
            .should().onlyDependOnClassesThat().resideInAnyPackage("java..", "org.jspecify..", "dev.rbees.api..",
                    "tools.jackson..", "com.fasterxml.jackson.annotation..");

    @ArchTest
    static final ArchRule packagesKnowEachOtherInOneDirection = slices().matching("dev.rbees.(**)").should()
            .beFreeOfCycles();
}

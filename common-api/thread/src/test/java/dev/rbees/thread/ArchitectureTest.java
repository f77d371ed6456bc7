package dev.rbees.thread;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/** Threads that own something stand alone. */
@AnalyzeClasses(packages = "dev.rbees.thread", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule threadsKnowNothingOfThePrograms = classes()
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "com.google.errorprone.annotations..", "dev.rbees.thread..",
                    "org.slf4j..");
}

package dev.rbees.hardware;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/** A command line carries this, so it brings no library along. */
@AnalyzeClasses(packages = "dev.rbees.hardware", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theMachineIsReadInPlainJava = classes()
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "com.sun.management..", "org.jspecify..", "com.google.errorprone.annotations..",
                    "tools.jackson..",
                    "dev.rbees.api..", "dev.rbees.home..", "dev.rbees.hardware..");
}

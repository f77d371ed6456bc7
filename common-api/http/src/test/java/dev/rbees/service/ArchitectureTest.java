package dev.rbees.service;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What the daemons share. */
@AnalyzeClasses(packages = "dev.rbees.service", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theBaseOfTheDaemonsKnowsNoProgram = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("dev.rbees.orchestrator..", "dev.rbees.worker..",
                    "dev.rbees.shell..", "dev.rbees.remote..", "org.apache.sshd..");
}

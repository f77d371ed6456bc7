package dev.rbees.remote;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/** The SSH library ends here. */
@AnalyzeClasses(packages = "dev.rbees.remote", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theClientKnowsItsLibraryAndOurFiles = classes()
            .should().onlyDependOnClassesThat().resideInAnyPackage("java..", "javax.crypto..", "org.jspecify..",
                    "org.slf4j..",
                    "org.apache.sshd..", "tools.jackson..", "dev.rbees.api..", "dev.rbees.cli..", "dev.rbees.home..",
                    "dev.rbees.remote..");
}

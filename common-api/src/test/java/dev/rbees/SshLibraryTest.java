package dev.rbees;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.rbees", importOptions = ImportOption.DoNotIncludeTests.class)
class SshLibraryTest {

    @ArchTest
    static final ArchRule ONLY_REMOTE_KNOWS_IT = noClasses()
            .that().resideOutsideOfPackage("dev.rbees.remote..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.sshd..", "org.bouncycastle..");
}

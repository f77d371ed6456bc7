package dev.rbees;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What all four programs share stays plain Java, but for the package of the two that serve HTTP. */
@AnalyzeClasses(packages = "dev.rbees", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule onlyTheServiceEdgeKnowsSpringAndReactor = noClasses().that()
            .resideOutsideOfPackage("dev.rbees.service..").should().dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "reactor..");

    @ArchTest
    static final ArchRule onlyTheRemotePackageKnowsTheSshLibrary = noClasses().that()
            .resideOutsideOfPackage("dev.rbees.remote..").should().dependOnClassesThat()
            .resideInAnyPackage("org.apache.sshd..", "org.bouncycastle..");

    @ArchTest
    static final ArchRule theWireTypesKnowNoneOfTheOthers = noClasses().that().resideInAPackage("dev.rbees.api..").should()
            .dependOnClassesThat().resideInAnyPackage("dev.rbees.cli..", "dev.rbees.home..", "dev.rbees.remote..",
                    "dev.rbees.service..");
}

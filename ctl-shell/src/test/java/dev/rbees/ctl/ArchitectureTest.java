package dev.rbees.ctl;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.rbees.ctl", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NOBODY_USES_COMMANDS = noClasses()
            .that().resideOutsideOfPackage("dev.rbees.ctl.command..").and().haveNameNotMatching(".*\\.CtlApplication")
            .should().dependOnClassesThat().resideInAPackage("dev.rbees.ctl.command..");

    @ArchTest
    static final ArchRule ONLY_THE_CLIENT_SPEAKS_HTTP = noClasses()
            .that().resideOutsideOfPackage("dev.rbees.ctl.client..")
            .should().dependOnClassesThat().resideInAnyPackage("dev.rbees.shell.http..", "java.net.http..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_SSH_LIBRARY = noClasses()
            .should().dependOnClassesThat().resideInAPackage("org.apache.sshd..");

    @ArchTest
    static final ArchRule ONLY_HOST_OPENS_CONNECTIONS = noClasses()
            .that().resideOutsideOfPackages("dev.rbees.ctl.host..", "dev.rbees.ctl.command..")
            .should().dependOnClassesThat(resideInAPackage("dev.rbees.remote..")
                    .and(not(simpleName("ShellQuote"))));

    @ArchTest
    static final ArchRule PACKAGES_KNOW_EACH_OTHER_IN_ONE_DIRECTION = slices().matching("dev.rbees.(**)")
            .should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_PROGRAM_EXITS = noClasses()
            .that().haveNameNotMatching(".*\\.CtlApplication")
            .should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule NOBODY_PRINTS_PAST_THE_CONSOLE = noClasses()
            .should().accessField(System.class, "out").orShould().accessField(System.class, "err");
}

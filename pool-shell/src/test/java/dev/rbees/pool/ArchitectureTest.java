package dev.rbees.pool;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.rbees.pool", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NOBODY_USES_COMMANDS = noClasses()
            .that(are(resideInAPackage("dev.rbees.pool..")))
            .and().resideOutsideOfPackage("dev.rbees.pool.command..")
            .and().haveNameNotMatching(".*\\.PoolApplication")
            .should().dependOnClassesThat().resideInAPackage("dev.rbees.pool.command..");

    @ArchTest
    static final ArchRule PARTS_DO_NOT_KNOW_THE_SHELL = noClasses()
            .that().resideInAnyPackage("dev.rbees.pool.model..", "dev.rbees.pool.process..", "dev.rbees.pool.service..",
                    "dev.rbees.pool.inventory..", "dev.rbees.pool.backend..", "dev.rbees.pool.doctor..",
                    "dev.rbees.pool.checkout..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.rbees.shell", "dev.rbees.shell.pool..", "org.springframework..", "org.jline..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_TERMINAL = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("org.springframework.shell..", "org.jline..");

    @ArchTest
    static final ArchRule PACKAGES_KNOW_EACH_OTHER_IN_ONE_DIRECTION = slices().matching("dev.rbees.(**)")
            .should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_PROGRAM_EXITS = noClasses()
            .that().haveNameNotMatching(".*\\.PoolApplication")
            .should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule NOBODY_PRINTS_PAST_THE_CONSOLE = noClasses()
            .should().accessField(System.class, "out").orShould().accessField(System.class, "err");
}

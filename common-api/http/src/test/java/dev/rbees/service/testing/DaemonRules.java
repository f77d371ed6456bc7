package dev.rbees.service.testing;

import java.util.function.ToDoubleFunction;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.web.bind.annotation.RequestMapping;
import reactor.core.publisher.Flux;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What both daemons keep to. */
public final class DaemonRules {

    private DaemonRules() {}

    @ArchTest
    public static final ArchRule onlyTheApplicationEndsTheProcess = noClasses().that()
            .haveNameNotMatching(".*Application").should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "exit", int.class).orShould()
            .callMethod(Runtime.class, "halt", int.class);

    /** why: see {@link dev.rbees.service.EventStream}; Spring sends what a controller returns as a Flux that way too. */
    @ArchTest
    public static final ArchRule nothingIsSentInGroups = noClasses().should()
            .callMethodWhere(target(name("writeAndFlushWith")).or(target(name("sendGroups"))));

    /** why: others hold what they show weakly, and say NaN as soon as the collector has run. */
    @ArchTest
    public static final ArchRule gaugesHoldWhatTheyShow = noClasses().should()
            .callMethodWhere(target(name("gauge")).and(target(owner(assignableTo(MeterRegistry.class))))).orShould()
            .callMethod(Gauge.class, "builder", String.class, Object.class, ToDoubleFunction.class);

    @ArchTest
    public static final ArchRule controllersWriteTheirStreamsThemselves = methods().that()
            .areMetaAnnotatedWith(RequestMapping.class).should(new ArchCondition<JavaMethod>("not return a Flux") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    boolean flux = method.getReturnType().getAllInvolvedRawTypes().stream()
                            .anyMatch(type -> type.isEquivalentTo(Flux.class));
                    events.add(new SimpleConditionEvent(method, !flux, method.getFullName() + " returns a Flux"));
                }
            });
}

package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises hold in thousands of simulated minutes. A seed that breaks one is printed; {@code mvn test -pl
 * orchestrator-service -am -Dtest=SimulationTest -Dsimulation.first=SEED -Dsimulation.seeds=1 -Dsurefire.failIfNoSpecifiedTests=false}
 * plays it again, with its log.
 */
class SimulationTest {

    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 10_000);

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.rbees");
    private final Level before = log.getLevel();

    @BeforeEach
    void quiet() {
        log.setLevel(SEEDS == 1 ? Level.DEBUG : Level.OFF);
    }

    @AfterEach
    void loud() {
        log.setLevel(before);
    }

    @Test
    void everyPromiseIsKeptForEverySeed() {
        AtomicInteger tasks = new AtomicInteger();
        AtomicInteger continued = new AtomicInteger();
        AtomicInteger inexact = new AtomicInteger();
        List<String> broken = LongStream.range(FIRST, FIRST + SEEDS).parallel().mapToObj(seed -> new Simulation(seed).run())
                .peek(result -> {
                    tasks.addAndGet(result.tasks());
                    continued.addAndGet(result.continued());
                    inexact.addAndGet(result.inexact());
                }).flatMap(result -> result.broken().stream()).toList();
        System.out.printf("%d simulated minutes: %d tasks, %d answers went on elsewhere, %d of them not exactly%n", SEEDS,
                tasks.get(), continued.get(), inexact.get());
        assertThat(broken).isEmpty();
        if (SEEDS >= 1_000) {
            assertThat(continued.get()).as("the faults hit").isGreaterThan(SEEDS / 10);
            assertThat(inexact.get()).isPositive();
        }
    }

    @Test
    void theSameSeedIsTheSameMinute() {
        List<Integer> histories = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            histories.add(new Simulation(FIRST).run().history());
        }
        assertThat(histories.getFirst()).isEqualTo(histories.getLast());
        assertThat(new Simulation(FIRST + 1).run().history()).isNotEqualTo(histories.getFirst());
    }
}

package dev.rbees.orchestrator.simulation;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With machines whose memory is too small for all models, no device is given more than it has, no task is lost or starves, no worker is
 * stopped with a task, and workers do not change all the time. A seed that breaks a promise is printed; {@code -Dplacement.first=SEED
 * -Dplacement.seeds=1} plays it again, with its log.
 */
class PlacementSimulationTest {

    private static final long FIRST = Long.getLong("placement.first", 1);
    private static final int SEEDS = Integer.getInteger("placement.seeds", 2_000);

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
        AtomicLong loads = new AtomicLong();
        AtomicInteger swaps = new AtomicInteger();
        List<String> broken = LongStream.range(FIRST, FIRST + SEEDS).parallel()
                .mapToObj(seed -> new PlacementSimulation(seed).run()).peek(result -> {
                    tasks.addAndGet(result.tasks());
                    loads.addAndGet(result.loads());
                    swaps.addAndGet(result.swaps());
                }).flatMap(result -> result.broken().stream()).toList();
        System.out.printf("%d simulated times of three minutes: %d tasks, %d workers started, room made %d times%n", SEEDS,
                tasks.get(),
                loads.get(), swaps.get());
        assertThat(broken).isEmpty();
        if (SEEDS >= 1_000) {
            assertThat(loads.get()).as("models come to machines").isGreaterThan(SEEDS);
            assertThat(swaps.get()).as("and go again").isGreaterThan(SEEDS / 2);
        }
    }
}

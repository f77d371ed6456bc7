package dev.rbees.shell.pool;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.OptionSpec;

import static org.assertj.core.api.Assertions.assertThat;

class PoolSpecsTest {

    private static Stream<OptionSpec> options() {
        return PoolSpecs.ALL.stream().flatMap(spec -> spec.options().stream());
    }

    private static Stream<ArgumentSpec> arguments() {
        return PoolSpecs.ALL.stream().flatMap(spec -> spec.arguments().stream());
    }

    @Test
    void shellsCanCompleteIdsAndPaths() {
        assertThat(arguments().filter(argument -> argument.name().equals("id")).map(ArgumentSpec::candidates))
                .allMatch(candidates -> switch (candidates.kind()) {
                    case MODELS, KNOWN_MODELS, WORKERS -> true;
                    case ANYTHING, WORDS, FILES, HOSTS -> false;
                });
        assertThat(options().filter(option -> option.name().equals("model"))).isNotEmpty()
                .allMatch(option -> !option.candidates().equals(Candidates.ANYTHING));
        assertThat(options().filter(option -> "path".equals(option.value())).map(OptionSpec::candidates))
                .allMatch(Candidates.FILES::equals);
    }

    @Test
    void everyCommandHasAnExampleThatNamesIt() {
        assertThat(PoolSpecs.ALL).allSatisfy(spec -> assertThat(spec.examples()).as(spec.path()).isNotEmpty()
                .allMatch(example -> example.startsWith("rbees-pool " + spec.path())));
    }

    @Test
    void whatLiesOnThisMachineIsNotOfferedForAnother() {
        assertThat(PoolSpecs.MODELS_SHOW.elsewhere().arguments()).extracting(ArgumentSpec::candidates)
                .containsExactly(Candidates.ANYTHING);
        assertThat(PoolSpecs.WORKER_SPAWN.elsewhere().arguments()).extracting(ArgumentSpec::candidates)
                .containsExactly(PoolSpecs.WORKER_SPAWN.arguments().getFirst().candidates());
    }
}

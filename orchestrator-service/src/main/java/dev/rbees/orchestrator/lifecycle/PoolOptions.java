package dev.rbees.orchestrator.lifecycle;

import java.util.Map;
import java.util.Optional;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.pool.PoolSettings;
import dev.rbees.orchestrator.provisioning.PoolAccesses;

/** The options that say which machines may run workers. */
final class PoolOptions {

    static final OptionSpec FILE = OptionSpec.optional("pools-file", "path",
            "TOML file with a table [[pools]] for each machine that may run workers (default: RBEES_POOLS_FILE, else "
                    + PoolSettings.USUAL_FILE + " in RBEES_HOME when it is there)");
    static final OptionSpec NOT_LOCAL = OptionSpec.flag("no-local-pool",
            "in home mode without other pools, do not start and stop workers on this machine");

    private PoolOptions() {}

    /** @throws UsageException when the file cannot be read or is wrong */
    static PoolSettings of(Mode mode, CommandLine line, Map<String, String> environment) {
        // why: without an installation of ours there is no program that could start workers here
        boolean alone = mode == Mode.HOME && !line.flag(NOT_LOCAL.name())
                && PoolAccesses.ownProgram(environment).isPresent();
        Optional<String> file = line.option(FILE.name())
                .or(() -> Optional.ofNullable(environment.get(Environment.POOLS_FILE))
                        .filter(path -> !path.isBlank()));
        return PoolSettings.of(file, RbeesHome.of(environment), alone, environment);
    }
}

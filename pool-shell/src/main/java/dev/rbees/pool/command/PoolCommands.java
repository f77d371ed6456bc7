package dev.rbees.pool.command;

import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.rbees.api.model.Catalog;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.process.WorkerSpawner;
import dev.rbees.shell.CommandSet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.ProgressLine;

/** The commands of rbees-pool. */
@Configuration(proxyBeanMethods = false)
public class PoolCommands {

    private static final String SUMMARY = "models and worker processes of this machine";

    @Bean
    CommandSet commandSet(Console console, RbeesHome home) {
        Clock clock = Clock.systemUTC();
        Catalog catalog = Catalog.builtIn();
        ModelStore store = new ModelStore(home, catalog);
        ProgressLine progress = new ProgressLine(console.err(), console.canRewriteErr(), clock);
        ModelDownloads downloads = new ModelDownloads(home, catalog, console.environment(), console::say, progress);
        WorkerFleet fleet = new WorkerFleet(home, clock);
        WorkerSpawner spawner = new WorkerSpawner(home, console.environment(), clock, new SplittableRandom());
        List<ShellCommand> commands = List.of(
                new ModelsCatalogCommand(store, console),
                new ModelsListCommand(store, console),
                new ModelsDownloadCommand(downloads, console),
                new WorkerSpawnCommand(store, spawner, console),
                new WorkerListCommand(fleet, console),
                new WorkerStopCommand(fleet, console),
                new WorkerStopAllCommand(fleet, console),
                new StatusCommand(new Machine(), home, fleet, console));
        return new CommandSet(SUMMARY, commands.stream().map(command -> guarded(command, home)).toList());
    }

    /** The same command, which first refuses a home that other users can write into. */
    private static ShellCommand guarded(ShellCommand command, RbeesHome home) {
        return new ShellCommand() {
            @Override
            public CommandSpec spec() {
                return command.spec();
            }

            @Override
            public int run(CommandLine line) {
                home.check();
                return command.run(line);
            }
        };
    }
}

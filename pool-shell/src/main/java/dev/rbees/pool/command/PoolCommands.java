package dev.rbees.pool.command;

import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.rbees.api.model.Catalog;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelImport;
import dev.rbees.pool.model.ModelReferences;
import dev.rbees.pool.model.ModelRegistration;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.process.WorkerSpawner;
import dev.rbees.shell.CommandSet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.ProgressLine;

/** The commands of rbees-pool. */
@Configuration(proxyBeanMethods = false)
public class PoolCommands {

    private static final String SUMMARY = "models and worker processes of this machine";

    @Bean
    CommandSet commandSet(Console console, RbeesHome home) {
        Clock clock = Clock.systemUTC();
        LocalCatalog catalog = new LocalCatalog(home, Catalog.builtIn());
        ModelStore store = new ModelStore(home, catalog);
        ProgressLine progress = new ProgressLine(console.err(), console.canRewriteErr(), clock);
        ModelDownloads downloads = new ModelDownloads(home, catalog, console.environment(), console::say, progress);
        WorkerFleet fleet = new WorkerFleet(home, clock);
        WorkerSpawner spawner = new WorkerSpawner(home, console.environment(), clock, new SplittableRandom());
        ModelImport imports = new ModelImport(catalog, downloads, progress);
        ModelReferences references = new ModelReferences(catalog, imports, console.environment(), console::say, progress);
        ModelCommands modelCommands = new ModelCommands(store, downloads, imports, references,
                new ModelRegistration(catalog, store), fleet, progress, console);
        WorkerCommands workerCommands = new WorkerCommands(fleet, console);
        List<ShellCommand> commands = List.of(
                new ShellCommand(PoolSpecs.MODELS_CATALOG, modelCommands::catalog),
                new ShellCommand(PoolSpecs.MODELS_LIST, modelCommands::list),
                new ShellCommand(PoolSpecs.MODELS_SHOW, modelCommands::show),
                new ShellCommand(PoolSpecs.MODELS_DOWNLOAD, modelCommands::download),
                new ShellCommand(PoolSpecs.MODELS_IMPORT, modelCommands::take),
                new ShellCommand(PoolSpecs.MODELS_REGISTER, modelCommands::register),
                new ShellCommand(PoolSpecs.MODELS_UNREGISTER, modelCommands::unregister),
                new ShellCommand(PoolSpecs.MODELS_VERIFY, modelCommands::verify),
                new ShellCommand(PoolSpecs.MODELS_LOCK, modelCommands::lock),
                new ShellCommand(PoolSpecs.MODELS_DELETE, modelCommands::delete),
                new ShellCommand(PoolSpecs.MODELS_DISK_USAGE, modelCommands::diskUsage),
                new ShellCommand(PoolSpecs.WORKER_SPAWN, new WorkerSpawnCommand(store, spawner, console)::run),
                new ShellCommand(PoolSpecs.WORKER_LIST, workerCommands::list),
                new ShellCommand(PoolSpecs.WORKER_STOP, workerCommands::stop),
                new ShellCommand(PoolSpecs.WORKER_STOP_ALL, workerCommands::stopAll),
                new ShellCommand(PoolSpecs.STATUS, new StatusCommand(new Machine(), home, fleet, console)::run));
        // why: a home that other users can write into is refused first
        return new CommandSet(SUMMARY, commands.stream().map(command -> command.after(home::check)).toList());
    }
}

package dev.rbees.pool.command;

import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import dev.rbees.api.model.Catalog;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.backend.Backends;
import dev.rbees.pool.backend.CudaFolder;
import dev.rbees.pool.backend.CudaInstall;
import dev.rbees.pool.checkout.Checkout;
import dev.rbees.pool.checkout.DevTools;
import dev.rbees.pool.checkout.StreamedProgram;
import dev.rbees.pool.doctor.Doctor;
import dev.rbees.pool.inventory.Installation;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelDownloads;
import dev.rbees.pool.model.ModelImport;
import dev.rbees.pool.model.ModelReferences;
import dev.rbees.pool.model.ModelRegistration;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.Preflight;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.process.WorkerSpawner;
import dev.rbees.shell.CommandSet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.ProgressLine;

/** The commands of rbees-pool. */
public final class PoolCommands {

    private static final String SUMMARY = "models and worker processes of this machine";

    private PoolCommands() {}

    /** All of them. */
    public static CommandSet commandSet(Console console, RbeesHome home) {
        Clock clock = Clock.systemUTC();
        LocalCatalog catalog = new LocalCatalog(home, Catalog.builtIn());
        ModelStore store = new ModelStore(home, catalog);
        ProgressLine progress = new ProgressLine(console.err(), console.canRewriteErr(), clock);
        ModelDownloads downloads = new ModelDownloads(home, catalog, console.environment(), console::say, progress);
        WorkerFleet fleet = new WorkerFleet(home, console.environment(), clock);
        Machine machine = new Machine(console.environment());
        WorkerStarts starts = new WorkerStarts(store, new WorkerSpawner(home, console.environment(),
                new Preflight(home, machine::memory, machine::disk, machine::gpus), clock, new SplittableRandom()), console);
        ModelImport imports = new ModelImport(catalog, downloads, progress);
        ModelReferences references = new ModelReferences(catalog, store, imports, console.environment(), console::say,
                progress);
        ModelCommands modelCommands = new ModelCommands(store, downloads, imports, references,
                new ModelRegistration(catalog, store), fleet, progress, console);
        WorkerCommands workerCommands = new WorkerCommands(fleet, starts, console);
        ServiceCommands serviceCommands = new ServiceCommands(fleet, home, console);
        StatusCommand facts = new StatusCommand(machine, home, store, fleet, console);
        StreamedProgram programs = new StreamedProgram(console.environment(), console::say);
        CheckoutCommands checkoutCommands = new CheckoutCommands(
                new Checkout(Installation.find(console.environment()), console.environment(), programs),
                new DevTools(console.environment(), programs), console);
        BackendCommands backendCommands = new BackendCommands(
                new Backends(new CudaFolder(home), machine, Installation.find(console.environment())),
                new CudaInstall(home, console.environment(), console::say, progress), fleet, console);
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
                new ShellCommand(PoolSpecs.RUN, new RunCommand(store, references, downloads, fleet, starts, console)::run),
                new ShellCommand(PoolSpecs.WORKER_SPAWN, new WorkerSpawnCommand(store, references, starts, home, console)::run),
                new ShellCommand(PoolSpecs.WORKER_LIST, workerCommands::list),
                new ShellCommand(PoolSpecs.WORKER_SHOW, workerCommands::show),
                new ShellCommand(PoolSpecs.WORKER_LOGS, workerCommands::logs),
                new ShellCommand(PoolSpecs.WORKER_STOP, workerCommands::stop),
                new ShellCommand(PoolSpecs.WORKER_STOP_ALL, workerCommands::stopAll),
                new ShellCommand(PoolSpecs.WORKER_RESTART, workerCommands::restart),
                new ShellCommand(PoolSpecs.SERVICE_INSTALL, serviceCommands::install),
                new ShellCommand(PoolSpecs.SERVICE_UNINSTALL, serviceCommands::uninstall),
                new ShellCommand(PoolSpecs.STATUS, facts::status),
                new ShellCommand(PoolSpecs.INFO, facts::info),
                new ShellCommand(PoolSpecs.BACKEND_LIST, backendCommands::list),
                new ShellCommand(PoolSpecs.BACKEND_INSTALL, backendCommands::install),
                new ShellCommand(PoolSpecs.BACKEND_REMOVE, backendCommands::remove),
                new ShellCommand(PoolSpecs.GIT_STATUS, checkoutCommands::status),
                new ShellCommand(PoolSpecs.GIT_PULL, checkoutCommands::pull),
                new ShellCommand(PoolSpecs.GIT_BUILD, checkoutCommands::build),
                new ShellCommand(PoolSpecs.DEV_SETUP, checkoutCommands::setup));
        DoctorCommand doctor = new DoctorCommand(
                () -> Doctor.of(machine, home, console.environment(), catalog, store, fleet, clock), console);
        // why: a home that other users can write into is refused first, and only the doctor goes on to say what else there is
        return new CommandSet(SUMMARY, Stream.concat(commands.stream().map(command -> command.after(home::check)),
                Stream.of(new ShellCommand(PoolSpecs.DOCTOR, doctor::run))).toList());
    }
}

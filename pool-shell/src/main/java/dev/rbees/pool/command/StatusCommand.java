package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code status}. */
final class StatusCommand {

    private static final Listing<PoolStatus> MACHINE = new Listing<>(PoolStatus::host, List.of(
            Column.text("HOST", PoolStatus::host),
            Column.number("MEMORY FREE", status -> of(status.memory().availableBytes(), status.memory().totalBytes())),
            Column.number("DISK FREE", status -> of(status.disk().freeBytes(), status.disk().totalBytes())),
            Column.number("GPUS", status -> status.gpus().size()),
            Column.number("WORKERS", status -> status.workers().size())));

    private final Machine machine;
    private final RbeesHome home;
    private final WorkerFleet fleet;
    private final Console console;

    StatusCommand(Machine machine, RbeesHome home, WorkerFleet fleet, Console console) {
        this.machine = machine;
        this.home = home;
        this.fleet = fleet;
        this.console = console;
    }

    int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        PoolStatus status = new PoolStatus(PoolStatus.SCHEMA, machine.host(), machine.memory(), machine.disk(home.root()),
                machine.gpus(), fleet.list());
        MACHINE.printOne(console.out(), format, status);
        if (format == OutputFormat.TABLE && !status.workers().isEmpty()) {
            console.out().println();
            WorkerListing.WORKERS.print(console.out(), format, status.workers());
        }
        return ExitCode.OK.code();
    }

    private static String of(long free, long total) {
        return Amounts.bytes(free) + " of " + Amounts.bytes(total);
    }
}

package dev.rbees.pool.command;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.PoolInfo;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.PoolStatus.Gpu;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.CommandLine;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code status} and {@code info}. */
record StatusCommand(Machine machine, RbeesHome home, ModelStore models, WorkerFleet fleet, Console console) {

    private static final Listing<PoolStatus> STATUS = new Listing<>(PoolStatus::host, List.of(
            Column.text("HOST", PoolStatus::host),
            Column.number("MEMORY FREE", status -> of(status.memory().availableBytes(), status.memory().totalBytes())),
            Column.number("DISK FREE", status -> of(status.disk().freeBytes(), status.disk().totalBytes())),
            Column.number("GPUS", status -> status.gpus().size()),
            Column.number("MODELS", status -> status.models().size()),
            Column.number("WORKERS", status -> status.workers().size())));

    private static final Listing<PoolInfo> INFO = new Listing<>(PoolInfo::host, List.of(
            Column.text("HOST", PoolInfo::host),
            Column.text("CPU", info -> info.cpu().model()),
            Column.number("CORES", info -> info.cpu().cores()),
            Column.text("FEATURES", info -> String.join(" ", info.cpu().features())),
            Column.text("OS", PoolInfo::os)));

    private static final Listing<Gpu> GPUS = new Listing<>(gpu -> String.valueOf(gpu.index()), List.of(
            Column.number("GPU", Gpu::index),
            Column.text("NAME", Gpu::name),
            Column.number("MEMORY", gpu -> Amounts.bytes(gpu.vramTotalBytes())),
            Column.number("FREE", gpu -> gpu.vramFreeBytes() == null ? "" : Amounts.bytes(gpu.vramFreeBytes())),
            Column.text("COMPUTE", Gpu::computeCapability)));

    int status(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        PoolStatus status = read();
        STATUS.printOne(console.out(), format, status);
        if (format == OutputFormat.TABLE) {
            append(GPUS, status.gpus());
            append(WorkerListing.WORKERS, status.workers());
        }
        return ExitCode.OK.code();
    }

    int info(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        PoolStatus status = read();
        PoolInfo info = new PoolInfo(PoolStatus.SCHEMA, status.host(), machine.os(), machine.cpu(), status.memory(),
                status.disk(), status.gpus(), status.models(), status.workers());
        INFO.printOne(console.out(), format, info);
        if (format == OutputFormat.TABLE) {
            append(STATUS, List.of(status));
            append(GPUS, info.gpus());
            append(ModelListing.MODELS, info.models());
            append(WorkerListing.WORKERS, info.workers());
        }
        return ExitCode.OK.code();
    }

    /** why: a driver is waited for, and so are workers, so they are asked at the same time. */
    private PoolStatus read() {
        CompletableFuture<List<Gpu>> gpus = CompletableFuture.supplyAsync(machine::gpus,
                task -> Thread.ofVirtual().start(task));
        List<WorkerProcess> workers = fleet.list();
        return new PoolStatus(PoolStatus.SCHEMA, machine.host(), machine.memory(), machine.disk(home.root()), gpus.join(),
                models.downloaded(), workers);
    }

    private <T> void append(Listing<T> listing, List<T> rows) {
        if (!rows.isEmpty()) {
            console.out().println();
            listing.print(console.out(), OutputFormat.TABLE, rows);
        }
    }

    private static String of(long free, long total) {
        return Amounts.bytes(free) + " of " + Amounts.bytes(total);
    }
}

package dev.rbees.ctl.command;

import java.io.PrintStream;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.ctl.host.HostRun;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** The table of {@code pool status} for several machines: a line for each. */
final class StatusOfHosts {

    private record Row(String host, @Nullable PoolStatus status) {}

    private static final Listing<Row> ROWS = new Listing<>(Row::host, List.of(
            Column.text("HOST", Row::host),
            Column.word("STATUS", row -> row.status() == null ? "no answer" : "ok"),
            Column.number("MEMORY FREE", row -> row.status() == null ? null
                    : of(row.status().memory().availableBytes(), row.status().memory().totalBytes())),
            Column.number("DISK FREE", row -> row.status() == null ? null
                    : of(row.status().disk().freeBytes(), row.status().disk().totalBytes())),
            Column.number("GPUS", row -> row.status() == null ? null : row.status().gpus().size()),
            Column.number("MODELS", row -> row.status() == null ? null : row.status().models().size()),
            Column.text("WORKERS", row -> row.status() == null ? null : workers(row.status()))));

    private StatusOfHosts() {}

    /** @param runs of {@code status --output json} */
    static void print(PrintStream out, List<HostRun> runs) {
        ROWS.print(out, OutputFormat.TABLE, runs.stream().map(run -> new Row(run.host(), status(run))).toList());
    }

    private static @Nullable PoolStatus status(HostRun run) {
        try {
            return run.ok() ? Json.read(run.out(), PoolStatus.class) : null;
        } catch (RbeesException _) {
            return null;
        }
    }

    private static String workers(PoolStatus status) {
        return String.join(", ", status.workers().stream()
                .map(worker -> worker.model() + " (" + worker.status().wireName() + ")").toList());
    }

    private static String of(long free, long total) {
        return Amounts.bytes(free) + " of " + Amounts.bytes(total);
    }
}

package dev.rbees.pool.command;

import java.time.InstantSource;
import java.util.List;

import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How worker processes are printed. */
final class WorkerListing {

    static final Listing<WorkerProcess> WORKERS = new Listing<>(WorkerProcess::workerId, List.of(
            Column.text("WORKER", WorkerProcess::workerId),
            Column.text("STATUS", worker -> worker.status().wireName()),
            Column.text("MODEL", WorkerProcess::model),
            Column.text("BACKEND", worker -> worker.backend().wireName()),
            Column.number("SLOTS", WorkerProcess::slotsTotal),
            Column.number("PORT", WorkerProcess::port),
            Column.number("PID", WorkerProcess::pid),
            Column.age("STARTED", WorkerProcess::startedAt, InstantSource.system())));

    private WorkerListing() {}
}

package dev.rbees.pool.command;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.json.Json;
import dev.rbees.api.pool.WorkerDetails;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;

/** How worker processes are printed. */
final class WorkerListing {

    static final Listing<WorkerProcess> WORKERS = new Listing<>(WorkerProcess::workerId, List.of(
            Column.text("WORKER", WorkerProcess::workerId),
            Column.word("STATUS", worker -> worker.status().wireName()),
            Column.text("MODEL", WorkerProcess::model),
            Column.word("BACKEND", worker -> worker.backend().wireName()),
            Column.number("SLOTS", WorkerProcess::slotsTotal),
            Column.number("PORT", WorkerProcess::port),
            Column.word("REGISTERED", WorkerListing::registered),
            Column.age("STARTED", WorkerProcess::startedAt, InstantSource.system())));

    /** One worker, a line for each thing that is known. */
    static final Listing<WorkerDetails> ONE = new Listing<>(details -> details.worker().workerId(), List.of(
            Column.text("WORKER", details -> details.worker().workerId()),
            Column.text("STATUS", details -> details.worker().status().wireName()),
            Column.text("ERROR", WorkerDetails::error),
            Column.text("WARNINGS", details -> String.join(" ", details.warnings())),
            Column.text("MODEL", details -> details.worker().model()),
            Column.text("BACKEND", details -> details.worker().backend().wireName()),
            Column.number("SLOTS", details -> details.worker().slotsTotal()),
            Column.number("CONTEXT", WorkerDetails::contextLength),
            Column.number("THREADS", WorkerDetails::threads),
            Column.number("MEMORY", details -> details.memoryBytes() == null ? null : Amounts.bytes(details.memoryBytes())),
            Column.text("ENDPOINT", details -> details.worker().endpoint()),
            Column.number("PID", details -> details.worker().pid()),
            Column.text("STARTED", details -> Json.format(details.worker().startedAt())),
            Column.text("ORCHESTRATOR", details -> registration(details.worker())),
            Column.text("LOG", WorkerDetails::log)));

    private WorkerListing() {}

    private static String registered(WorkerProcess worker) {
        return worker.registration() == null
                ? ""
                : worker.registration().state() == RegistrationView.State.REGISTERED ? "yes" : "no";
    }

    private static String registration(WorkerProcess worker) {
        return worker.registration() == null ? "" : worker.registration().state().wireName();
    }

    /** What is to be said of a worker that has an orchestrator and is not registered there; empty when it is. */
    static Optional<String> notRegistered(WorkerProcess worker) {
        return Optional.ofNullable(worker.registration())
                .filter(registration -> registration.state() != RegistrationView.State.REGISTERED)
                .map(registration -> worker.workerId() + " is not registered with the orchestrator "
                        + registration.orchestrator() + (registration.detail() == null ? "" : ": " + registration.detail())
                        + "; it tries again and again (one that needs no orchestrator is started with --orchestrator-url none)");
    }
}

package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.pool.backend.BackendView;
import dev.rbees.pool.backend.Backends;
import dev.rbees.pool.backend.CudaInstall;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code backend …}. */
record BackendCommands(Backends backends, CudaInstall install, WorkerFleet fleet, Console console) {

    private static final Listing<BackendView> LISTING = new Listing<>(view -> view.name().wireName(), List.of(
            Column.text("BACKEND", view -> view.name().wireName()),
            Column.word("STATUS", view -> view.status().word()),
            Column.sentence("DETAIL", BackendView::detail)));

    int list(CommandLine line) {
        LISTING.print(console.out(), OutputFormat.of(line), backends.list());
        return ExitCode.OK.code();
    }

    int install(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        requireCuda(line.argument(0));
        install.install();
        LISTING.printOne(console.out(), format, cuda());
        return ExitCode.OK.code();
    }

    int remove(CommandLine line) {
        requireCuda(line.argument(0));
        List<String> users = fleet.list().stream()
                .filter(worker -> worker.backend() == Backend.CUDA && worker.status() != WorkerStatus.EXITED)
                .map(WorkerProcess::workerId).toList();
        if (!users.isEmpty()) {
            throw new RbeesException(ErrorCode.CONFLICT, "the CUDA libraries are in use by " + String.join(", ", users)
                    + "; run: rbees-pool worker stop " + users.getFirst());
        }
        console.say(install.remove() ? "removed the CUDA libraries" : "there are no CUDA libraries of ours");
        return ExitCode.OK.code();
    }

    private BackendView cuda() {
        return backends.list().stream().filter(view -> view.name() == Backend.CUDA).findFirst().orElseThrow();
    }

    private static void requireCuda(String word) {
        if (!word.equals(Backend.CUDA.wireName())) {
            throw new UsageException(Backend.named(word)
                    .map(backend -> "the backend " + backend.wireName()
                            + " has no libraries of its own to install or remove; only cuda has")
                    .orElseGet(() -> "'" + Printable.text(word) + "' is no backend"
                            + Suggestion.sentence(word, List.of("cuda")) + " (only cuda can be installed and removed)"));
        }
    }
}

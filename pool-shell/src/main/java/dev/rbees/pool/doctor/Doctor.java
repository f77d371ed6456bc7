package dev.rbees.pool.doctor;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.backend.CudaFolder;
import dev.rbees.pool.inventory.Machine;
import dev.rbees.pool.model.LocalCatalog;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.process.Installation;

/** Asks every question at the same time, and waits for each no longer than it may take. */
public final class Doctor {

    private final List<Check> checks;

    Doctor(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /** With every check that there is. */
    public static Doctor of(Machine machine, RbeesHome home, Map<String, String> environment, LocalCatalog catalog,
            ModelStore models, WorkerFleet fleet, InstantSource clock) {
        Optional<Path> installation = Installation.find(environment);
        List<Check> checks = new ArrayList<>(MachineChecks.of(machine, home));
        checks.addAll(new AcceleratorChecks(machine, new CudaFolder(home), installation).all());
        checks.addAll(new HomeChecks(home, environment, catalog, models, fleet).all());
        checks.addAll(new NetworkChecks(environment, clock, InetAddress::getAllByName).all());
        return new Doctor(checks);
    }

    /** The findings, in the order of the checks. */
    public List<Finding> examine() {
        long begun = System.nanoTime();
        List<CompletableFuture<Verdict>> answers = checks.stream().map(Doctor::ask).toList();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            long left = checks.get(i).limit().toNanos() - (System.nanoTime() - begun);
            findings.add(answer(checks.get(i), answers.get(i), left));
        }
        return findings;
    }

    /** why: on a thread that the program does not wait for at its end, because it may hang in native code. */
    private static CompletableFuture<Verdict> ask(Check check) {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("check-" + check.name()).start(() -> {
            try {
                answer.complete(check.question().call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Finding answer(Check check, CompletableFuture<Verdict> answer, long nanos) {
        try {
            return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS).of(check.name());
        } catch (TimeoutException _) {
            return check.late().of(check.name());
        } catch (ExecutionException e) {
            return broken(Objects.requireNonNullElse(e.getCause(), e)).of(check.name());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Verdict.skip("interrupted").of(check.name());
        }
    }

    private static Verdict broken(Throwable thrown) {
        String message = switch (thrown) {
            case RbeesException known -> known.userMessage();
            case UsageException known -> known.userMessage();
            default -> "this check failed: " + thrown;
        };
        return advised(message, "mend what the detail says and run: rbees-pool doctor");
    }

    /** A failure whose message says what to do behind its last semicolon, as our messages do. */
    static Verdict advised(String message, String otherwise) {
        String line = Printable.message(message);
        int advice = line.lastIndexOf("; ");
        return advice < 0
                ? Verdict.fail(line, otherwise)
                : Verdict.fail(line.substring(0, advice), line.substring(advice + 2));
    }
}

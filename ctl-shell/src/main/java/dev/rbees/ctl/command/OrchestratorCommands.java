package dev.rbees.ctl.command;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.operations.OrchestratorHealth;
import dev.rbees.api.task.TaskState;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.client.Orchestrator;
import dev.rbees.ctl.daemon.OrchestratorDaemon;
import dev.rbees.ctl.daemon.OrchestratorRecord;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.Column;
import dev.rbees.shell.render.Listing;
import dev.rbees.shell.render.OutputFormat;

/** {@code orchestrator …}: rbees-orcd of this installation, in the background of this machine. */
final class OrchestratorCommands {

    private static final Duration READY = Duration.ofSeconds(60);
    /** why: it gives streams 8 s, and then closes its files. */
    private static final int DRAINED_SECONDS = 30;
    private static final Duration KILLED = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final ArgumentSpec ARGUMENTS = new ArgumentSpec("args",
            "options of rbees-orcd, behind --, as 'rbees-orcd --help' shows them", ArgumentSpec.Count.ANY,
            Candidates.ANYTHING);

    private static final CommandSpec START = new CommandSpec("orchestrator start",
            "Start the orchestrator of this machine in the background; it goes on when this shell is left",
            List.of(ARGUMENTS),
            List.of(OptionSpec.flag("wait", "wait until it takes tasks, and say what is wrong if it does not")),
            List.of("rbees orchestrator start --wait", "rbees orchestrator start --wait -- --port 8090"));
    private static final CommandSpec STOP = new CommandSpec("orchestrator stop",
            "Stop the orchestrator that 'orchestrator start' started; its tasks are kept and go on after the next start",
            List.of(),
            List.of(OptionSpec.optional("timeout", "seconds", "how long it may take (default: " + DRAINED_SECONDS + ")"),
                    OptionSpec.flag("force", "kill it when it has not ended by then")),
            List.of("rbees orchestrator stop"));
    private static final CommandSpec STATUS = new CommandSpec("orchestrator status",
            "Show the orchestrator that 'orchestrator start' started; exits with 3 when none runs", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees orchestrator status", "rbees orchestrator status --output json"));
    private static final CommandSpec LOGS = new CommandSpec("orchestrator logs",
            "Print what the orchestrator of this machine has written", List.of(),
            List.of(OptionSpec.flag("follow", "go on printing until it ends (or -f)"),
                    OptionSpec.optional("lines", "number", "only so many of the last lines (default: all)")),
            List.of("rbees orchestrator logs --follow --lines 20"));

    private static final Listing<Status> SHOWN = new Listing<>(Status::status, List.of(
            Column.word("STATUS", Status::status),
            Column.number("PID", Status::pid),
            Column.text("ADDRESS", Status::url),
            Column.text("UPTIME", status -> status.uptimeSeconds() == null
                    ? null
                    : Amounts.time(Duration.ofSeconds(status.uptimeSeconds()))),
            Column.number("WORKERS", Status::workers),
            Column.number("POOLS", Status::pools),
            Column.number("QUEUE", Status::queueDepth),
            Column.text("LOG", Status::log)));

    private final Console console;
    private final OrchestratorDaemon daemon;
    private final InstantSource clock;

    /**
     * What is known of the orchestrator of this machine. What only a running one says is absent for others.
     *
     * @param status as {@code /health} says it, {@code starting} for one that does not answer yet, {@code stopped}
     */
    private record Status(String status, @Nullable Long pid, @Nullable String url, @Nullable Instant startedAt,
            @Nullable Long uptimeSeconds, @Nullable Integer workers, @Nullable Integer pools, @Nullable Integer queueDepth,
            String log, List<String> arguments) {}

    OrchestratorCommands(Console console, RbeesHome home) {
        this.console = console;
        this.clock = InstantSource.system();
        this.daemon = new OrchestratorDaemon(home, console.environment(), clock);
    }

    /** In the order of the help. */
    List<ShellCommand> all() {
        return List.of(new ShellCommand(START, this::start), new ShellCommand(STOP, this::stop),
                new ShellCommand(STATUS, this::status), new ShellCommand(LOGS, this::logs));
    }

    private int start(CommandLine line) {
        OrchestratorDaemon.Started started = daemon.start(line.arguments());
        OrchestratorRecord orchestrator = started.orchestrator();
        if (line.flag("wait")) {
            awaitReady(started);
        }
        console.say(
                (line.flag("wait") ? "the orchestrator runs at " : "the orchestrator is starting at ") + orchestrator.url()
                        + ", pid " + orchestrator.pid() + "; its log is " + daemon.logFile());
        return ExitCode.OK.code();
    }

    private void awaitReady(OrchestratorDaemon.Started started) {
        OrchestratorRecord orchestrator = started.orchestrator();
        long end = System.nanoTime() + READY.toNanos();
        while (health(orchestrator).filter(health -> health.status().equals("ok")).isEmpty()) {
            if (!orchestrator.alive()) {
                daemon.forget();
                throw new RbeesException(ErrorCode.INTERNAL, "the orchestrator did not start: "
                        + daemon.lastError(started).map(Printable::line).orElse("its process ended")
                        + "; its log is " + daemon.logFile());
            }
            if (System.nanoTime() > end) {
                throw new RbeesException(ErrorCode.TIMEOUT, "the orchestrator, pid " + orchestrator.pid()
                        + ", does not answer at " + orchestrator.url() + " after " + READY.toSeconds()
                        + " s and is left as it is; its log is " + daemon.logFile());
            }
            pause();
        }
    }

    private int stop(CommandLine line) {
        Optional<OrchestratorRecord> running = daemon.find().filter(OrchestratorRecord::alive);
        if (running.isEmpty()) {
            daemon.forget();
            console.say("no orchestrator runs that 'rbees orchestrator start' has started");
            return ExitCode.OK.code();
        }
        OrchestratorRecord orchestrator = running.get();
        // why: asked before the signal, because one that ends may answer no more
        console.say(waitingFor(orchestrator));
        daemon.signal(orchestrator, false);
        Duration patience = Duration.ofSeconds(line.integer("timeout", 1, 3600).orElse(DRAINED_SECONDS));
        if (!ended(orchestrator, patience)) {
            if (!line.flag("force")) {
                throw new RbeesException(ErrorCode.TIMEOUT, "the orchestrator, pid " + orchestrator.pid()
                        + ", has not ended after " + patience.toSeconds()
                        + " s; 'rbees orchestrator logs --lines 20' may say why,"
                        + " and 'rbees orchestrator stop --force' kills it");
            }
            console.say("it has not ended after " + patience.toSeconds() + " s and is killed");
            daemon.signal(orchestrator, true);
            if (!ended(orchestrator, KILLED)) {
                throw new RbeesException(ErrorCode.INTERNAL, "process " + orchestrator.pid()
                        + " does not end, also not by force; is its disk stuck?");
            }
        }
        daemon.forget();
        console.say("the orchestrator has ended");
        return ExitCode.OK.code();
    }

    private String waitingFor(OrchestratorRecord orchestrator) {
        try {
            int running = client(orchestrator).list(Optional.of(TaskState.RUNNING), Orchestrator.MOST_LISTED).size();
            return running == 0
                    ? "no task runs; waiting for it to close its files"
                    : "waiting for " + running + (running == 1 ? " task that runs" : " tasks that run")
                            + "; what is not done within 8 s goes on after the next start";
        } catch (RbeesException _) {
            return "it does not answer; waiting for it to end";
        }
    }

    private static boolean ended(OrchestratorRecord orchestrator, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (orchestrator.alive()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause();
        }
        return true;
    }

    private int status(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Status now = daemon.find().filter(OrchestratorRecord::alive).map(this::running).orElseGet(
                () -> new Status("stopped", null, null, null, null, null, null, null, daemon.logFile().toString(),
                        List.of()));
        SHOWN.printDetails(console.out(), format, now);
        if (now.pid() == null) {
            console.say("no orchestrator runs that 'rbees orchestrator start' has started; one that was started otherwise is"
                    + " shown by 'rbees top'");
            return ExitCode.NOT_FOUND.code();
        }
        return ExitCode.OK.code();
    }

    private Status running(OrchestratorRecord orchestrator) {
        Optional<OrchestratorHealth> health = health(orchestrator);
        return new Status(health.map(OrchestratorHealth::status).orElse("starting"), orchestrator.pid(), orchestrator.url(),
                orchestrator.startedAt(), Duration.between(orchestrator.startedAt(), clock.instant()).toSeconds(),
                health.map(OrchestratorHealth::workers).orElse(null), health.map(OrchestratorHealth::pools).orElse(null),
                health.map(OrchestratorHealth::queueDepth).orElse(null), daemon.logFile().toString(),
                orchestrator.arguments());
    }

    private int logs(CommandLine line) {
        daemon.log().show(line.integer("lines", 0, Integer.MAX_VALUE), line.flag("follow"),
                text -> {
                    console.out().println(Printable.keepLines(text));
                    console.out().flush();
                });
        return ExitCode.OK.code();
    }

    private Optional<OrchestratorHealth> health(OrchestratorRecord orchestrator) {
        try {
            return Optional.of(client(orchestrator).health());
        } catch (RbeesException _) {
            return Optional.empty();
        }
    }

    private Orchestrator client(OrchestratorRecord orchestrator) {
        return new Orchestrator(orchestrator.url(), Orchestrators.ofEnvironment(console.environment()), PATIENCE);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "waiting for the orchestrator was interrupted", e);
        }
    }
}

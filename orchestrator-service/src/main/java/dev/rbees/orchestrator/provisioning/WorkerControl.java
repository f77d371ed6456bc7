package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.ApiToken;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;
import dev.rbees.orchestrator.provisioning.WorkerStart.Site;

/** Starts and stops workers on pools. Its methods block; any number of threads may use it. */
public final class WorkerControl {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerControl.class);
    /** why: a worker that stops lets its tasks end, for which it has ten seconds. */
    private static final Duration STOP = Duration.ofSeconds(60);
    /** Of a start that has failed. */
    private static final Duration UNDO = Duration.ofSeconds(20);

    private final OwnAddress own;
    private final Optional<ApiToken> token;
    private final InstantSource clock;

    /**
     * @param own where workers find us
     * @param token that workers show and are shown; empty for none
     * @param clock that never jumps
     */
    public WorkerControl(OwnAddress own, Optional<ApiToken> token, InstantSource clock) {
        this.own = own;
        this.token = token;
        this.clock = clock;
    }

    /** Where workers find us. */
    OwnAddress own() {
        return own;
    }

    /**
     * Starts a worker and waits until it is ready. When that fails, it is made sure that nothing of it runs.
     *
     * @param core hears of the progress
     * @param changed hears that something is there which was not there before
     * @throws RbeesException why there is no such worker
     */
    void start(Effect.StartWorker wanted, Machine machine, Consumer<Command.FromPool> core, Runnable changed) {
        Site site = site(machine);
        WorkerStart start = new WorkerStart(wanted, machine, site, core);
        start.download();
        machine.starts(wanted.workerId());
        try {
            start.spawn();
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            // why: what we could not hear of may begin only after we have looked
            machine.abandon(wanted.workerId(), clock.instant());
            if (!stop(machine, wanted.workerId(), UNDO)) {
                throw new RbeesException(e.code(), e.userMessage() + "; whether it runs there nevertheless is not known, and"
                        + " then it is stopped as soon as the pool answers again", e);
            }
            throw e;
        } finally {
            changed.run();
            machine.started(wanted.workerId());
        }
    }

    private Site site(Machine machine) {
        try {
            Optional<String> secret = token.map(ApiToken::line);
            return machine.tunnel().map(tunnel -> Site.behind(tunnel, machine.id(), own, secret))
                    .orElseGet(() -> Site.open(machine.access().route(), own, secret));
        } catch (RbeesException e) {
            throw new RbeesException(e.code(), PoolProbe.withoutPaths(e.userMessage()), e);
        }
    }

    /** Stops a worker and waits until it is gone; gives whether it is. */
    boolean stop(Machine machine, String workerId) {
        return stop(machine, workerId, STOP);
    }

    private static boolean stop(Machine machine, String workerId, Duration limit) {
        try {
            PoolCall.Result result = new PoolCall(List.of("worker", "stop", workerId), limit).run(machine.access(), _ -> {
            });
            if (result.exit() != ExitCode.OK.code() && result.exit() != ExitCode.NOT_FOUND.code()) {
                LOG.warn("worker {} on pool {} was not stopped: {}", workerId, machine.id(), result.complaint());
            }
            return result.exit() == ExitCode.OK.code() || result.exit() == ExitCode.NOT_FOUND.code();
        } catch (RuntimeException e) {
            LOG.warn("worker {} on pool {} was not stopped: {}", workerId, machine.id(), e.getMessage());
            return false;
        }
    }
}

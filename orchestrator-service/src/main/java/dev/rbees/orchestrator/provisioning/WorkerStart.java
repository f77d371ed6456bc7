package dev.rbees.orchestrator.provisioning;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;

/**
 * Starts one worker: downloads its model when it is not there, has {@code rbees-pool} start it, and tells the core how far that is.
 * For one thread.
 */
final class WorkerStart {

    /** A download that takes longer is given up; one that stands still is given up by rbees-pool much earlier. */
    static final Duration DOWNLOAD = Duration.ofHours(12);

    /** why: with it rbees-pool tells each percent, as for a person who looks on (dev.rbees.shell.RemoteTerminal). */
    private static final String EVERY_PERCENT = "--remote-terminal=0";
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3})%");

    private final Effect.StartWorker wanted;
    private final Machine machine;
    private final Site site;
    private final Consumer<Command.FromPool> core;
    private String lastPhase = "";
    private int lastPercent = -1;

    /**
     * How the worker and we find each other.
     *
     * @param orchestratorUrl where it registers
     * @param everywhere whether it listens beyond its machine
     * @param advertiseHost where we are to look for it; empty for its own choice
     * @param token that it is to ask for and show; empty for none
     */
    record Site(String orchestratorUrl, boolean everywhere, Optional<String> advertiseHost, Optional<String> token) {

        /** For a worker behind a tunnel. */
        static Site behind(Tunnel tunnel, String poolId, OwnAddress own, Optional<String> token) {
            return new Site(own.url(tunnel.portToUs()), false, Optional.of(TunnelHost.of(poolId)), token);
        }

        /** For a worker that is reached at its machine's own address. */
        static Site open(PoolAccess.Route route, OwnAddress own, Optional<String> token) {
            String url = own.url(route);
            return route.theirs().filter(InetAddress::isLoopbackAddress).isPresent()
                    ? new Site(url, false, Optional.empty(), token)
                    : new Site(url, true, route.theirs().map(address -> address.getHostAddress().replaceFirst("%.*", "")),
                            token);
        }
    }

    WorkerStart(Effect.StartWorker wanted, Machine machine, Site site, Consumer<Command.FromPool> core) {
        this.wanted = wanted;
        this.machine = machine;
        this.site = site;
        this.core = core;
    }

    /**
     * Downloads the model unless it is there.
     *
     * @throws RbeesException MODEL_NOT_FOUND when it may not be downloaded or nobody has it, else why it failed
     */
    void download() {
        if (machine.hasModel(wanted.model())) {
            return;
        }
        if (!wanted.download()) {
            throw new RbeesException(ErrorCode.MODEL_NOT_FOUND, "the pool " + machine.id() + " has not downloaded "
                    + wanted.model());
        }
        tell("download", 0);
        PoolCall.Result result = call(new PoolCall(List.of(EVERY_PERCENT, "models", "download", wanted.model()), DOWNLOAD),
                "the download of " + wanted.model(), line -> percent(line).ifPresent(done -> tell("download", done)));
        if (result.exit() != 0) {
            throw PoolProbe.failure(
                    result.exit() == ExitCode.NOT_FOUND.code() ? ErrorCode.MODEL_NOT_FOUND : ErrorCode.WORKER_START_FAILED,
                    "the download of " + wanted.model() + " to the pool " + machine.id() + " failed", result);
        }
    }

    /**
     * Starts the worker and waits until it is ready.
     *
     * @throws RbeesException why it failed; it may run nevertheless
     */
    void spawn() {
        tell("load", 0);
        PoolCall.Result result = call(new PoolCall(words(), site.token(), wanted.limit()), "the start",
                line -> percent(line).ifPresent(done -> tell("load", done)));
        if (result.exit() != 0) {
            throw PoolProbe.failure(ErrorCode.WORKER_START_FAILED, "a worker for " + wanted.model() + " on the pool "
                    + machine.id() + " did not start", result);
        }
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(
                List.of(EVERY_PERCENT, "worker", "spawn", wanted.backend().wireName(), "--model",
                        wanted.model(), "--worker-id", wanted.workerId(), "--memory", String.valueOf(wanted.memoryBytes()),
                        "--orchestrator-url", site.orchestratorUrl(), "--bind", site.everywhere() ? "0.0.0.0" : "127.0.0.1",
                        "--output", "json"));
        if (wanted.gpu() != null) {
            words.addAll(List.of("--gpu", String.valueOf(wanted.gpu())));
        }
        site.advertiseHost().ifPresent(host -> words.addAll(List.of("--advertise-host", host)));
        if (site.token().isPresent()) {
            words.add("--token-stdin");
        }
        return words;
    }

    private PoolCall.Result call(PoolCall call, String what, Consumer<String> lines) {
        try {
            return call.run(machine.access(), lines);
        } catch (UncheckedIOException e) {
            throw new RbeesException(ErrorCode.WORKER_START_FAILED, what + " on the pool " + machine.id()
                    + " was ended, because rbees-pool there says too much", e);
        } catch (RbeesException e) {
            if (e.code() == ErrorCode.TIMEOUT) {
                throw new RbeesException(ErrorCode.WORKER_START_FAILED, what + " of a worker for " + wanted.model()
                        + " on the pool " + machine.id() + " took longer than " + call.limit().toSeconds() + " s", e);
            }
            throw new RbeesException(e.code(), PoolProbe.withoutPaths(e.userMessage()), e);
        }
    }

    private static Optional<Integer> percent(String line) {
        Matcher percent = PERCENT.matcher(line);
        return percent.find() ? Optional.of(Math.min(100, Integer.parseInt(percent.group(1)))) : Optional.empty();
    }

    /** why: a percent is told once, however often it is written. */
    private void tell(String phase, int percent) {
        if (!phase.equals(lastPhase) || percent != lastPercent) {
            lastPhase = phase;
            lastPercent = percent;
            core.accept(new Command.StartProgress(wanted.start(), phase, percent));
        }
    }
}

package dev.rbees.ctl.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolInfo;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.ctl.host.CapturedOutput;
import dev.rbees.ctl.host.Machines;
import dev.rbees.ctl.host.PoolTarget;
import dev.rbees.remote.PoolsFile;
import dev.rbees.remote.SshPeer;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.Amounts;
import dev.rbees.shell.render.OutputFormat;

/** {@code pool register}. */
record PoolRegisterCommand(Machines machines, PoolsFile file, Console console) {

    private static final OptionSpec OFFLINE = OptionSpec.flag("offline", "do not connect: neither to the pool nor to the orchestrator");
    private static final OptionSpec ORCHESTRATOR_KEY = OptionSpec.optional("orchestrator-key-file", "path",
            "private key on the orchestrator's machine by which it logs in (default: its agent and SSH configuration)");

    private static final CommandSpec SPEC = new CommandSpec("pool register",
            "Give a machine that may run workers a name, or change what is registered of it",
            List.of(new ArgumentSpec("id", "what to call it")), options(),
            List.of("rbees pool register cellar --host ops@gpu-box.lan --label room=cellar --on-demand",
                    "rbees pool register cellar"));

    /** What was learnt of a pool by connecting to it. */
    private record Seen(@Nullable SshPeer peer) {}

    private static List<OptionSpec> options() {
        List<OptionSpec> options = new ArrayList<>(PoolOptions.ALL);
        options.addAll(List.of(OFFLINE, ORCHESTRATOR_KEY));
        options.addAll(Orchestrators.and(OutputFormat.OPTION));
        return options;
    }

    ShellCommand command() {
        return new ShellCommand(SPEC, this::run);
    }

    private int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        String id = Ids.require("id", line.argument(0));
        Optional<PoolRegistration> before = file.find(id);
        PoolRegistration wanted = PoolOptions.registration(id, line, before);
        boolean offline = line.flag(OFFLINE.name());
        Seen seen = offline ? new Seen(null) : look(wanted);
        PoolRegistration pool = pinned(wanted, seen, before);
        file.put(pool);
        console.say("registered " + id + " in " + file.file()
                + (pool.hostKeys().isEmpty() ? "" : ", with its host key"));
        PoolListing.PRINTED.printOne(console.out(), format, PoolListing.Row.of(pool, null));
        return offline ? ExitCode.OK.code() : tellOrchestrator(line, pool, seen);
    }

    /** Connects; that the pool is away is no reason not to register it, but that it is not trusted is. */
    private Seen look(PoolRegistration wanted) {
        PoolTarget target = PoolTarget.of(wanted);
        SshPeer peer = null;
        try {
            peer = machines.peer(target);
            CapturedOutput out = new CapturedOutput();
            int code = machines.run(target, List.of("info", "--output", "json"), Optional.empty(), out, console.err());
            if (code == ExitCode.OK.code()) {
                console.say(facts(wanted.id(), Json.read(out.text(), PoolInfo.class)));
            } else {
                console.say("warning: rbees-pool on " + wanted.id() + " ended with exit code " + code
                        + "; 'rbees pool doctor --host " + wanted.id() + "' says more");
            }
        } catch (RbeesException e) {
            if (e.code() != ErrorCode.POOL_UNAVAILABLE) {
                throw e;
            }
            console.say("warning: " + Printable.line(e.userMessage()) + "; it is registered all the same"
                    + (peer == null ? ", without its host key: 'rbees pool register " + wanted.id() + "' adds that later" : ""));
        }
        return new Seen(peer);
    }

    /** One line for people. */
    static String facts(String id, PoolInfo info) {
        List<String> facts = new ArrayList<>(List.of(info.os(), info.cpu().cores() + " cores",
                Amounts.bytes(info.memory().totalBytes()) + " of memory", Amounts.bytes(info.disk().freeBytes()) + " of disk free"));
        info.gpus().forEach(gpu -> facts.add(gpu.name() + " with " + Amounts.bytes(gpu.vramTotalBytes())));
        facts.add(info.models().size() + (info.models().size() == 1 ? " model" : " models"));
        facts.add(info.workers().size() + (info.workers().size() == 1 ? " worker" : " workers"));
        return Printable.line(id + ": " + String.join(", ", facts));
    }

    /** The pool with the key that was trusted just now; without a connection with that of before, when it is the same host. */
    private static PoolRegistration pinned(PoolRegistration pool, Seen seen, Optional<PoolRegistration> before) {
        List<String> keys = seen.peer() != null
                ? List.of(seen.peer().hostKey())
                : before.filter(old -> old.host().equals(pool.host())).map(PoolRegistration::hostKeys).orElse(List.of());
        return new PoolRegistration(pool.id(), pool.host(), pool.port(), pool.user(), pool.path(), pool.labels(),
                pool.onDemand(), pool.tunnel(), keys, pool.keyFile());
    }

    /** why: the orchestrator does not read the operator's SSH configuration, so it is told what that made of the names. */
    private static PoolRegistration resolved(PoolRegistration pool, Seen seen, @Nullable String keyFile) {
        SshPeer peer = seen.peer();
        return peer == null
                ? new PoolRegistration(pool.id(), pool.host(), pool.port(), pool.user(), pool.path(), pool.labels(),
                        pool.onDemand(), pool.tunnel(), pool.hostKeys(), keyFile)
                : new PoolRegistration(pool.id(), peer.host(), peer.port(), peer.user(), pool.path(), pool.labels(),
                        pool.onDemand(), pool.tunnel(), pool.hostKeys(), keyFile);
    }

    private int tellOrchestrator(CommandLine line, PoolRegistration pool, Seen seen) {
        String keyFile = line.option(ORCHESTRATOR_KEY.name()).orElse(null);
        return new OrchestratorNews(console).tell(line, pools -> {
            pools.register(resolved(pool, seen, keyFile));
            return true;
        },
                "registered " + pool.id() + " at the orchestrator",
                "'rbees pool register " + pool.id() + "' tells it later");
    }
}

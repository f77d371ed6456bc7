package dev.rbees.ctl.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.ctl.install.RemoteShell;
import dev.rbees.home.RbeesHome;
import dev.rbees.remote.PoolsFile;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshConnection;
import dev.rbees.remote.SshConnections;
import dev.rbees.remote.SshSettings;
import dev.rbees.remote.SshTarget;
import dev.rbees.shell.Console;

/** The machines that a command is for: registered pools, and names as SSH takes them. */
final class Machines {

    private static final OptionSpec HOST = OptionSpec.repeatable("host", "host",
            "the machine: a registered pool, host, user@host, host:port or an alias of the SSH configuration")
            .among(Candidates.HOSTS);
    private static final OptionSpec ALL = OptionSpec.flag("all", "every registered pool");

    /** One of them. */
    record Machine(String name, SshTarget target) {}

    private Machines() {}

    /** The options of a command for machines: these, and its own. */
    static List<OptionSpec> and(OptionSpec... own) {
        return Stream.concat(Stream.of(HOST, ALL), Stream.of(own)).toList();
    }

    /** Whether the command prints what came of several machines. */
    static boolean several(CommandLine line) {
        return line.flag(ALL.name()) || line.options(HOST.name()).size() > 1;
    }

    /**
     * Those that a command line names.
     *
     * @throws UsageException when it names none, or in both ways
     * @throws RbeesException POOL_NOT_FOUND when every pool is meant and none is registered
     */
    static List<Machine> named(CommandLine line, RbeesHome home) {
        List<String> names = line.options(HOST.name());
        if (line.flag(ALL.name()) != names.isEmpty()) {
            throw new UsageException(names.isEmpty() ? "--host is missing: " + HOST.description()
                    : "--all means every registered pool; leave --host out");
        }
        List<PoolRegistration> pools = PoolsFile.of(home).read();
        if (line.flag(ALL.name()) && pools.isEmpty()) {
            throw new RbeesException(ErrorCode.POOL_NOT_FOUND,
                    "no pool is registered; register one with 'rbees pool register', or name a machine with --host");
        }
        return line.flag(ALL.name())
                ? pools.stream().map(Machines::pool).toList()
                : names.stream().distinct().map(name -> machine(name, pools)).toList();
    }

    private static Machine machine(String name, List<PoolRegistration> pools) {
        return pools.stream().filter(pool -> pool.id().equals(name)).findFirst().map(Machines::pool)
                .orElseGet(() -> new Machine(name, SshTarget.of(RemoteHost.parse(name))));
    }

    private static Machine pool(PoolRegistration pool) {
        RemoteHost host = new RemoteHost(Optional.ofNullable(pool.user()), pool.host(), Optional.ofNullable(pool.port()));
        return new Machine(pool.id(),
                new SshTarget(host, pool.hostKeys(), Optional.ofNullable(pool.keyFile()).map(Path::of)));
    }

    /**
     * Does something on one after the other. With one machine, a failure is that of the command; of several each is told,
     * and the others are done all the same.
     *
     * @param outcomes takes what came of each
     * @return the gravest exit code
     */
    static <T> int each(List<Machine> machines, boolean several, Console console, BiFunction<String, RemoteShell, T> work,
            Consumer<HostOutcome<T>> outcomes) {
        int gravest = ExitCode.OK.code();
        try (SshConnections ssh = new SshConnections(SshSettings.of(console.environment()))) {
            for (Machine machine : machines) {
                try (SshConnection connection = ssh.connect(machine.target())) {
                    outcomes.accept(new HostOutcome<>(machine.name(), true,
                            work.apply(machine.name(), connection::script), null));
                } catch (RbeesException e) {
                    if (e.code() == ErrorCode.CANCELLED) {
                        throw e;
                    }
                    String message = Printable.line(e.userMessage());
                    String named = message.contains(machine.name()) ? message : machine.name() + ": " + message;
                    if (!several) {
                        throw new RbeesException(e.code(), named, e);
                    }
                    console.say("error: " + named);
                    outcomes.accept(new HostOutcome<>(machine.name(), false, null,
                            Map.of("code", e.code().name(), "message", message)));
                    gravest = GravestExit.of(gravest, e.code().exitCode().code());
                }
            }
        }
        return gravest;
    }
}

package dev.rbees.orchestrator.lifecycle;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.error.Suggestion;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.store.PostgresAddress;
import dev.rbees.orchestrator.worker.Network;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.service.Access;
import dev.rbees.service.Daemon;

/**
 * How an orchestrator runs.
 *
 * @param mode whom it serves
 * @param bind address to listen on
 * @param port to listen on
 * @param token that clients show in lab mode, and that it shows to workers; empty for none
 * @param allowedHosts names by which it may be called in lab mode
 * @param workerNetworks where workers may be, besides this machine
 * @param queueCapacity tasks that may wait at a time
 * @param fullQueue what happens to a new task when so many wait
 * @param policy by what workers are chosen
 * @param database a database of a PostgreSQL server for the record; empty for a file in {@code home}
 * @param home folder of all state
 */
public record OrchestratorSettings(Mode mode, String bind, int port, Optional<ApiToken> token, Set<String> allowedHosts,
        List<Network> workerNetworks, int queueCapacity, FullQueue fullQueue, Policy policy,
        Optional<PostgresAddress> database, RbeesHome home)
        implements
            Daemon.Listening {

    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_CAPACITY = 100;
    private static final int MAX_CAPACITY = 10_000;
    private static final int UNBOUNDED = -1;

    /** What the program takes. */
    public static final CommandSpec SPEC = new CommandSpec("",
            "Admits tasks, queues them, gives them to workers and relays their answers. Listens on 127.0.0.1, unless RBEES_MODE=lab.",
            List.of(),
            List.of(OptionSpec.optional("bind", "address",
                    "address to listen on (default: 127.0.0.1); another one needs RBEES_MODE=lab"),
                    OptionSpec.optional("allowed-hosts", "names",
                            "names of this machine by which it may be called in lab mode, with commas between"),
                    OptionSpec.optional("worker-networks", "ranges",
                            "where workers may be in lab mode, for example 10.0.0.0/8, with commas between (default: the private"
                                    + " networks)"),
                    OptionSpec.optional("port", "number", "port to listen on (default: " + DEFAULT_PORT + ")"),
                    OptionSpec.optional("queue-capacity", "number",
                            "tasks that may wait at a time, -1 for any number (default: " + DEFAULT_CAPACITY + ")"),
                    OptionSpec.optional("queue-full", "policy", "what happens to a new task then: "
                            + names(FullQueue.values(), FullQueue::optionName) + " (default: reject)"),
                    OptionSpec.optional("scheduling", "policy", "by what a worker is chosen: "
                            + names(Policy.values(), Policy::optionName) + " (default: least-loaded)"),
                    OptionSpec.optional("database", "address",
                            "postgresql://user@host:port/name for the record (default: a file in RBEES_HOME); passwords come"
                                    + " from ~/.pgpass"),
                    OptionSpec.flag("version", "show the version")),
            List.of("rbees-orcd --port 8080"));

    /** @throws UsageException when a value is wrong */
    public static OrchestratorSettings of(CommandLine line, Map<String, String> environment) {
        Mode mode = mode(environment.getOrDefault(Environment.MODE, ""));
        Optional<ApiToken> token = ApiToken.of(environment);
        if (mode == Mode.LAB && token.isEmpty()) {
            throw new UsageException(Environment.MODE + "=lab needs a token: run (umask 077; openssl rand -hex 32 >"
                    + " ~/.rbees/token) and set " + Environment.API_TOKEN_FILE
                    + " to that file, here and on the other machines");
        }
        return new OrchestratorSettings(mode, bind(mode, line), line.integer("port", 1, 65535).orElse(DEFAULT_PORT), token,
                allowedHosts(mode, line), workerNetworks(mode, line),
                capacity(line), named(line, "queue-full", FullQueue.REJECT, FullQueue.values(), FullQueue::optionName),
                named(line, "scheduling", Policy.LEAST_LOADED, Policy.values(), Policy::optionName),
                database(line), RbeesHome.of(environment));
    }

    private static Optional<PostgresAddress> database(CommandLine line) {
        // why: what was given is not repeated, because it may hold a password
        return line.option("database").map(text -> PostgresAddress.parse(text).orElseThrow(() -> new UsageException(
                "--database must have the form postgresql://user@host:port/name, without a password: that belongs into"
                        + " ~/.pgpass, or the file that PGPASSFILE names")));
    }

    private static Mode mode(String word) {
        return switch (word.strip()) {
            case "", "home" -> Mode.HOME;
            case "lab" -> Mode.LAB;
            case "platform" -> throw new UsageException(Environment.MODE + "=platform is not supported by this version of"
                    + " rbees: it has no tenants and quotas yet; home and lab are there");
            default ->
                throw new UsageException(Environment.MODE + " must be home or lab (got '" + Printable.text(word) + "')"
                        + Suggestion.sentence(word, List.of("home", "lab")));
        };
    }

    /** why: without a token nobody but this machine may reach it. */
    private static String bind(Mode mode, CommandLine line) {
        String address = line.option("bind", "127.0.0.1");
        try {
            InetAddress found = InetAddress.getByName(address);
            if (mode == Mode.LAB || found.isLoopbackAddress()) {
                return found.getHostAddress();
            }
        } catch (UnknownHostException e) {
            throw new UsageException("--bind " + Printable.text(address) + " is no address of this machine");
        }
        throw new UsageException("--bind " + Printable.text(address) + ": home mode has no token and listens on 127.0.0.1"
                + " only; for other machines set " + Environment.MODE + "=lab and " + Environment.API_TOKEN_FILE);
    }

    private static Set<String> allowedHosts(Mode mode, CommandLine line) {
        return labOnly(mode, line, "allowed-hosts").map(OrchestratorSettings::hostName)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Network> workerNetworks(Mode mode, CommandLine line) {
        List<Network> named = labOnly(mode, line, "worker-networks").map(text -> Network.parse(text)
                .orElseThrow(() -> new UsageException("--worker-networks: '" + Printable.text(text)
                        + "' is no range of addresses such as 10.0.0.0/8")))
                .toList();
        return mode == Mode.LAB && named.isEmpty() ? WorkerAddresses.PRIVATE : named;
    }

    private static Stream<String> labOnly(Mode mode, CommandLine line, String option) {
        Optional<String> values = line.option(option);
        if (mode == Mode.HOME && values.isPresent()) {
            throw new UsageException("--" + option + " is only for " + Environment.MODE + "=lab");
        }
        return values.stream().flatMap(all -> Arrays.stream(all.split(",", -1))).map(String::strip);
    }

    private static String hostName(String name) {
        if (!name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")) {
            throw new UsageException("--allowed-hosts: '" + Printable.text(name) + "' is no name of a machine");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public Access access() {
        return mode == Mode.LAB ? new Access(token, allowedHosts) : Access.LOOPBACK;
    }

    private static int capacity(CommandLine line) {
        int capacity = line.integer("queue-capacity", UNBOUNDED, MAX_CAPACITY).orElse(DEFAULT_CAPACITY);
        if (capacity == 0) {
            throw new UsageException("--queue-capacity must be 1 to " + MAX_CAPACITY + ", or -1 for any number");
        }
        return capacity == UNBOUNDED ? Integer.MAX_VALUE : capacity;
    }

    private static <E> String names(E[] values, Function<E, String> name) {
        return Arrays.stream(values).map(name).collect(Collectors.joining(", "));
    }

    private static <E> E named(CommandLine line, String option, E absent, E[] values, Function<E, String> name) {
        String word = line.option(option).orElse(name.apply(absent));
        return Arrays.stream(values).filter(value -> name.apply(value).equals(word)).findFirst()
                .orElseThrow(() -> new UsageException("--" + option + " must be one of " + names(values, name) + " (got '"
                        + Printable.text(word) + "')"
                        + Suggestion.sentence(word, Arrays.stream(values).map(name).toList())));
    }
}

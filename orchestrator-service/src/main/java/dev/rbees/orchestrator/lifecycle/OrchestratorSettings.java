package dev.rbees.orchestrator.lifecycle;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

import dev.rbees.api.error.Suggestion;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.core.Timeouts;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.pool.PoolSettings;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.store.PostgresAddress;
import dev.rbees.orchestrator.store.Retention;
import dev.rbees.orchestrator.worker.Network;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.service.Access;
import dev.rbees.service.ConnectionLimits;
import dev.rbees.service.Daemon;

/**
 * How an orchestrator runs.
 *
 * @param mode whom it serves
 * @param bind address to listen on
 * @param port to listen on
 * @param token that its owner shows, in lab mode everybody; empty for none
 * @param joinToken that workers show, and are shown; empty where that is {@code token}
 * @param tls what it proves with who it is; empty where it speaks in the clear
 * @param allowedHosts names by which it may be called in lab and platform mode
 * @param workerNetworks where workers may be, besides this machine
 * @param queueCapacity tasks that may wait at a time
 * @param queueBytes what their requests may take together
 * @param fullQueue what happens to a new task when so many wait
 * @param policy by what workers are chosen
 * @param timeouts how long a task may be in a stage
 * @param retention how long tasks that have ended are kept
 * @param database a database of a PostgreSQL server for the record; empty for a file in {@code home}
 * @param advertiseUrl where workers of pools, and other orchestrators on the same database, find this one; empty for the address
 *        that it listens on
 * @param trust by which the other orchestrators are trusted over TLS, empty for the system's
 * @param pools machines that may run workers
 * @param placement how workers are started there, and when they go
 * @param connections how many it holds, and for how long it waits for their clients
 * @param home folder of all state
 */
public record OrchestratorSettings(Mode mode, String bind, int port, Optional<ApiToken> token,
        Optional<ApiToken> joinToken, Optional<Daemon.Tls> tls, Set<String> allowedHosts,
        List<Network> workerNetworks, int queueCapacity, long queueBytes, FullQueue fullQueue, Policy policy,
        Timeouts timeouts,
        Retention retention, Optional<PostgresAddress> database, Optional<String> advertiseUrl, Optional<SSLContext> trust,
        PoolSettings pools, PlacementSettings placement, ConnectionLimits connections, RbeesHome home)
        implements
            Daemon.Listening {

    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_CAPACITY = 100;
    private static final int MAX_CAPACITY = 10_000;
    private static final int DEFAULT_MEGABYTES = 256;
    private static final int MAX_MEGABYTES = 1024 * 1024;
    private static final int UNBOUNDED = -1;
    private static final int MAX_TIMEOUT = 7 * 24 * 3600;

    /** What the program takes. */
    public static final CommandSpec SPEC = new CommandSpec("",
            "Admits tasks, queues them, gives them to workers and relays their answers. Listens on 127.0.0.1, unless RBEES_MODE is lab or platform.",
            List.of(),
            List.of(OptionSpec.optional("bind", "address",
                    "address to listen on (default: 127.0.0.1); another one needs RBEES_MODE=lab or platform"),
                    OptionSpec.optional("allowed-hosts", "names",
                            "names of this machine by which it may be called in lab and platform mode, with commas between"),
                    OptionSpec.optional("join-token-file", "path",
                            "file with the token that workers show, and are shown (default: the same as everybody's)"),
                    OptionSpec.optional("tls-certificate", "path",
                            "PEM file with the certificate and its chain; needs --tls-key"),
                    OptionSpec.optional("tls-key", "path", "PEM file with the certificate's private key, mode 0600"),
                    OptionSpec.flag("insecure-bind",
                            "in platform mode, listen beyond this machine without TLS: a proxy in front has it"),
                    OptionSpec.optional("worker-networks", "ranges",
                            "where workers may be in lab and platform mode, for example 10.0.0.0/8, with commas between (default: the private"
                                    + " networks)"),
                    OptionSpec.optional("port", "number", "port to listen on (default: " + DEFAULT_PORT + ")"),
                    OptionSpec.optional("queue-capacity", "number",
                            "tasks that may wait at a time, -1 for any number (default: " + DEFAULT_CAPACITY + ")"),
                    OptionSpec.optional("queue-megabytes", "number",
                            "what the requests of tasks that wait may take together, in MB (default: " + DEFAULT_MEGABYTES
                                    + ")"),
                    OptionSpec.optional("queue-full", "policy", "what happens to a new task then: "
                            + names(FullQueue.values(), FullQueue::optionName) + " (default: reject)"),
                    OptionSpec.optional("scheduling", "policy", "by what a worker is chosen: "
                            + names(Policy.values(), Policy::optionName) + " (default: least-loaded)"),
                    OptionSpec.optional("queue-timeout", "seconds",
                            "a task that has waited so long for a worker fails with TIMEOUT (default: "
                                    + Timeouts.USUAL.queue().toSeconds() + ")"),
                    OptionSpec.optional("run-timeout", "seconds",
                            "a task that ends so long after its first worker got it fails with TIMEOUT (default: "
                                    + Timeouts.USUAL.run().toSeconds() + ")"),
                    RetentionOptions.AGE, RetentionOptions.SIZE,
                    OptionSpec.optional("database", "address",
                            "postgresql://user@host:port/name for the record (default: a file in RBEES_HOME); passwords come"
                                    + " from ~/.pgpass"),
                    OptionSpec.optional("advertise-url", "url",
                            "where workers of pools find this one (default: the address that it listens on); with --database also"
                                    + " where other orchestrators on it do: one leads, the others hand requests on to it and take over when"
                                    + " it dies"),
                    PoolOptions.FILE, PoolOptions.NOT_LOCAL,
                    PlacementOptions.EVICTION, PlacementOptions.KEEP_ALIVE, PlacementOptions.PIN, PlacementOptions.REPLICAS,
                    PlacementOptions.NO_DOWNLOADS,
                    OptionSpec.optional("ca-file", "path",
                            "certificates in PEM that may vouch for the other orchestrators beside the system's (default: RBEES_CA_FILE)"),
                    ConnectionLimits.MOST_OPTION, ConnectionLimits.PER_PEER_OPTION,
                    OptionSpec.flag("version", "show the version")),
            List.of("rbees-orcd --port 8080"));

    /** @throws UsageException when a value is wrong */
    public static OrchestratorSettings of(CommandLine line, Map<String, String> environment) {
        Mode mode = mode(environment.getOrDefault(Environment.MODE, ""));
        Optional<ApiToken> token = ApiToken.of(environment);
        if (mode != Mode.HOME && token.isEmpty()) {
            throw new UsageException(Environment.MODE + "=" + mode.name().toLowerCase(Locale.ROOT)
                    + " needs a token: run (umask 077; openssl rand -hex 32 > ~/.rbees/token) and set "
                    + Environment.API_TOKEN_FILE + " to that file, here and on the other machines");
        }
        Optional<Daemon.Tls> tls = tls(line);
        return new OrchestratorSettings(mode, bind(mode, tls.isPresent() || line.flag("insecure-bind"), line),
                line.integer("port", 1, 65535).orElse(DEFAULT_PORT), token, joinToken(mode, line), tls,
                allowedHosts(mode, line), workerNetworks(mode, line),
                capacity(line), bytes(line),
                named(line, "queue-full", FullQueue.REJECT, FullQueue.values(), FullQueue::optionName),
                named(line, "scheduling", Policy.LEAST_LOADED, Policy.values(), Policy::optionName),
                new Timeouts(seconds(line, "queue-timeout", Timeouts.USUAL.queue()),
                        seconds(line, "run-timeout", Timeouts.USUAL.run())),
                RetentionOptions.of(line), database(line), advertiseUrl(mode, line), trust(line, environment),
                PoolOptions.of(mode, line, environment), PlacementOptions.of(line), ConnectionLimits.of(line),
                RbeesHome.of(environment));
    }

    /** Whether others stand by for it, and it for them. */
    boolean isShared() {
        return database.isPresent() && advertiseUrl.isPresent();
    }

    private static Optional<ApiToken> joinToken(Mode mode, CommandLine line) {
        return beyondHome(mode, line, "join-token-file").map(Path::of).map(ApiToken::read);
    }

    private static Optional<Daemon.Tls> tls(CommandLine line) {
        Optional<Path> certificate = line.option("tls-certificate").map(Path::of);
        Optional<Path> key = line.option("tls-key").map(Path::of);
        if (certificate.isPresent() != key.isPresent()) {
            throw new UsageException("--tls-certificate and --tls-key belong together");
        }
        return certificate.flatMap(file -> key.map(secret -> Daemon.Tls.of(file, secret)));
    }

    private static Optional<PostgresAddress> database(CommandLine line) {
        // why: what was given is not repeated, because it may hold a password
        return line.option("database").map(text -> PostgresAddress.parse(text).orElseThrow(() -> new UsageException(
                "--database must have the form postgresql://user@host:port/name, without a password: that belongs into"
                        + " ~/.pgpass, or the file that PGPASSFILE names")));
    }

    private static Optional<String> advertiseUrl(Mode mode, CommandLine line) {
        Optional<String> url = beyondHome(mode, line, "advertise-url").map(text -> text.replaceFirst("/$", ""));
        if (url.isPresent() && !url.get().matches("https?://[A-Za-z0-9.\\[\\]:-]+")) {
            throw new UsageException("--advertise-url must have the form http://address:port");
        }
        return url;
    }

    private static Optional<SSLContext> trust(CommandLine line, Map<String, String> environment) {
        return line.option("ca-file").or(() -> Environment.caFile(environment))
                .filter(_ -> line.option("advertise-url").isPresent() && line.option("database").isPresent())
                .map(file -> new CaFile(file).context());
    }

    private static Mode mode(String word) {
        return switch (word.strip()) {
            case "", "home" -> Mode.HOME;
            case "lab" -> Mode.LAB;
            case "platform" -> Mode.PLATFORM;
            default ->
                throw new UsageException(
                        Environment.MODE + " must be home, lab or platform (got '" + Printable.text(word) + "')"
                                + Suggestion.sentence(word, List.of("home", "lab", "platform")));
        };
    }

    /** why: without a token nobody but this machine may reach it; with tenants, nobody may listen in. */
    private static String bind(Mode mode, boolean secure, CommandLine line) {
        String text = line.option("bind", "127.0.0.1");
        InetAddress address = address(text);
        if (!address.isLoopbackAddress() && mode == Mode.HOME) {
            throw new UsageException("--bind " + Printable.text(text) + ": home mode has no token and listens on 127.0.0.1"
                    + " only; for other machines set " + Environment.MODE + "=lab and " + Environment.API_TOKEN_FILE);
        }
        if (!address.isLoopbackAddress() && mode == Mode.PLATFORM && !secure) {
            throw new UsageException(
                    "--bind " + Printable.text(text) + ": in platform mode tokens do not travel in the clear;"
                            + " give --tls-certificate and --tls-key, or --insecure-bind when a proxy in front has TLS");
        }
        return address.getHostAddress();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new UsageException("--bind " + Printable.text(text) + " is no address of this machine");
        }
    }

    private static Set<String> allowedHosts(Mode mode, CommandLine line) {
        return listOf(beyondHome(mode, line, "allowed-hosts")).map(OrchestratorSettings::hostName)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Network> workerNetworks(Mode mode, CommandLine line) {
        List<Network> named = listOf(beyondHome(mode, line, "worker-networks")).map(text -> Network.parse(text)
                .orElseThrow(() -> new UsageException("--worker-networks: '" + Printable.text(text)
                        + "' is no range of addresses such as 10.0.0.0/8")))
                .toList();
        return mode != Mode.HOME && named.isEmpty() ? WorkerAddresses.PRIVATE : named;
    }

    private static Optional<String> beyondHome(Mode mode, CommandLine line, String option) {
        Optional<String> value = line.option(option);
        if (mode == Mode.HOME && value.isPresent()) {
            throw new UsageException("--" + option + " is only for " + Environment.MODE + "=lab and platform");
        }
        return value;
    }

    private static Stream<String> listOf(Optional<String> values) {
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
        return mode != Mode.HOME ? new Access(token, allowedHosts, Optional.of("--allowed-hosts")) : Access.LOOPBACK;
    }

    private static Duration seconds(CommandLine line, String option, Duration absent) {
        return line.integer(option, 1, MAX_TIMEOUT).map(Duration::ofSeconds).orElse(absent);
    }

    private static int capacity(CommandLine line) {
        int capacity = line.integer("queue-capacity", UNBOUNDED, MAX_CAPACITY).orElse(DEFAULT_CAPACITY);
        if (capacity == 0) {
            throw new UsageException("--queue-capacity must be 1 to " + MAX_CAPACITY + ", or -1 for any number");
        }
        return capacity == UNBOUNDED ? Integer.MAX_VALUE : capacity;
    }

    private static long bytes(CommandLine line) {
        return (long) line.integer("queue-megabytes", 1, MAX_MEGABYTES).orElse(DEFAULT_MEGABYTES) << 20;
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

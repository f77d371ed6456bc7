package dev.rbees.pool.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.rbees.api.json.Json;
import dev.rbees.cli.Printable;
import dev.rbees.home.Environment;
import dev.rbees.pool.model.SourceProbe;
import dev.rbees.pool.model.SourceProbe.Answer;

/** Whether the places are there that models come from. A machine without a network can still run what it has. */
final class NetworkChecks {

    private static final Duration SKEW = Duration.ofMinutes(2);
    private static final Duration BAD_SKEW = Duration.ofHours(24);
    private static final int CONNECT_MILLIS = 2_500;
    private static final int PATIENCE_MILLIS = 1_200;
    private static final List<String> PROXIES = List.of("https_proxy", "http_proxy", "all_proxy");

    private final Map<String, String> environment;
    private final SourceProbe probe;
    private final InstantSource clock;
    private final Resolver resolver;
    private final Optional<URI> hubAddress;
    private final CompletableFuture<Optional<Answer>> hub = new CompletableFuture<>();
    private final CompletableFuture<Optional<Answer>> index = new CompletableFuture<>();

    /** Gives the addresses of a name. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    NetworkChecks(Map<String, String> environment, InstantSource clock, Resolver resolver) {
        this.environment = environment;
        this.probe = new SourceProbe(environment);
        this.clock = clock;
        this.resolver = resolver;
        this.hubAddress = probe.hub();
    }

    List<Check> all() {
        return List.of(
                Check.network("dns", this::dns),
                Check.network("proxy", this::proxy),
                Check.network("hub", this::hub),
                Check.network("package-index", this::packageIndex),
                Check.network("orchestrator", this::orchestrator),
                Check.network("clock", this::clock));
    }

    Verdict dns() {
        try {
            if (!Stream.of(resolver.addresses("localhost")).allMatch(InetAddress::isLoopbackAddress)) {
                return Verdict.fail("'localhost' is not this machine", "put the line '127.0.0.1 localhost' into /etc/hosts");
            }
        } catch (UnknownHostException _) {
            return Verdict.fail("'localhost' has no address", "put the line '127.0.0.1 localhost' into /etc/hosts");
        }
        if (hubAddress.isEmpty() || probe.proxyFor(hubAddress.get()).isPresent()) {
            return Verdict.skip("names are looked up by the proxy");
        }
        String name = hubAddress.get().getHost();
        try {
            resolver.addresses(name);
            return Verdict.ok(name + " has an address");
        } catch (UnknownHostException _) {
            return Verdict.warn(name + " has no address, so nothing can be downloaded from there",
                    "see /etc/resolv.conf and the network, or set HF_ENDPOINT or https_proxy");
        }
    }

    Verdict proxy() {
        Map<String, String> set = new LinkedHashMap<>();
        for (String name : PROXIES) {
            String value = environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
            if (!value.isBlank()) {
                set.put(name, value);
            }
        }
        if (set.isEmpty()) {
            return Verdict.skip("none is set");
        }
        for (Map.Entry<String, String> entry : set.entrySet()) {
            Optional<String> problem = problem(entry.getValue());
            if (problem.isPresent()) {
                return Verdict.fail(entry.getKey() + " " + problem.get(),
                        "set it to http://host:port, or unset it when there is no proxy");
            }
        }
        return Verdict.ok(String.join(", ", set.keySet()) + (set.size() == 1 ? " answers" : " answer"));
    }

    /** Why a proxy cannot be used. why: its address may hold a password, and is not told. */
    private static Optional<String> problem(String text) {
        URI address;
        try {
            address = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException _) {
            return Optional.of("is no address");
        }
        if (address.getHost() == null) {
            return Optional.of("names no host");
        }
        int port = address.getPort() < 0 ? 80 : address.getPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHost(), port), CONNECT_MILLIS);
            return Optional.empty();
        } catch (IOException _) {
            return Optional.of("names " + Printable.text(address.getHost()) + ":" + port + ", which does not answer");
        }
    }

    Verdict hub() throws InterruptedException {
        if (hubAddress.isEmpty()) {
            hub.complete(Optional.empty());
            return Verdict.fail("HF_ENDPOINT is no web address", "set it to https://host, or unset it");
        }
        return source(hubAddress.get(), hub, "models come from other sources, or a mirror: HF_ENDPOINT, https_proxy,"
                + " 'rbees-pool models import'");
    }

    Verdict packageIndex() throws InterruptedException {
        Optional<URI> address = probe.packageIndex();
        if (address.isEmpty()) {
            index.complete(Optional.empty());
            return Verdict.skip("no package index is known: there is no pip, and PIP_INDEX_URL is not set");
        }
        return source(address.get(), index, "see the network, or set PIP_INDEX_URL or https_proxy");
    }

    private Verdict source(URI address, CompletableFuture<Optional<Answer>> known, String fix) throws InterruptedException {
        Answer answer = probe.ask(address);
        known.complete(Optional.of(answer));
        String host = Printable.text(answer.host());
        return answer.works()
                ? Verdict.ok(host + " answers")
                : Verdict.warn(host + (answer.status() > 0 ? " answers HTTP " + answer.status() : ": " + answer.problem()),
                        fix);
    }

    Verdict orchestrator() throws InterruptedException {
        String urls = environment.getOrDefault(Environment.ORCHESTRATOR_URL, "").strip();
        if (urls.isEmpty()) {
            return Verdict.skip(Environment.ORCHESTRATOR_URL + " is not set");
        }
        for (String url : urls.split(",", -1)) {
            URI address;
            try {
                address = URI.create(url.strip().replaceFirst("/+$", "") + "/health");
            } catch (IllegalArgumentException _) {
                return wrongUrl(url);
            }
            if (address.getHost() == null || address.getScheme() == null || !address.getScheme().matches("https?")) {
                return wrongUrl(url);
            }
            if (probe.ask(address).works()) {
                return Verdict.ok(address.getHost() + " answers");
            }
        }
        return Verdict.warn("no orchestrator answers at " + Printable.text(urls.replaceAll("//[^/@]*@", "//")),
                "start one: rbees-orcd, or mend " + Environment.ORCHESTRATOR_URL);
    }

    private static Verdict wrongUrl(String url) {
        return Verdict.fail(Environment.ORCHESTRATOR_URL + " holds '" + Printable.text(url.replaceAll("//[^/@]*@", "//"))
                + "', which is no web address",
                "set " + Environment.ORCHESTRATOR_URL + " to http://host:port");
    }

    /** Compares our clock with that of the first of the two sources that tells its own. */
    Verdict clock() {
        Optional<Answer> theirs = Stream.of(hub, index)
                .map(known -> known.copy().completeOnTimeout(Optional.empty(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                        .join())
                .flatMap(Optional::stream)
                .filter(answer -> answer.date().isPresent()).findFirst();
        if (theirs.isEmpty()) {
            return Verdict.skip("nobody answers to compare it with");
        }
        Instant told = theirs.get().date().orElseThrow();
        Duration off = Duration.between(told, clock.instant()).abs();
        String what = "the clock says " + Json.format(clock.instant()) + " and that of others " + Json.format(told);
        String fix = "set it by the network: sudo timedatectl set-ntp true";
        return off.compareTo(BAD_SKEW) > 0
                ? Verdict.fail(what + ", so certificates are refused", fix)
                : off.compareTo(SKEW) > 0
                        ? Verdict.warn(what, fix)
                        : Verdict.ok("within " + SKEW.toMinutes() + " minutes of that of " + theirs.get().host());
    }
}

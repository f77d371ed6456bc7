package dev.rbees.pool.model;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** Asks the places that models come from whether they are there. Nothing is downloaded. */
public final class SourceProbe {

    private static final String HUB = "https://huggingface.co";

    private final Map<String, String> environment;

    /**
     * What a place said.
     *
     * @param host that was asked
     * @param status HTTP's, 0 when nobody answered
     * @param problem why nobody did, empty when somebody did
     * @param date of its clock; empty when it does not tell
     */
    public record Answer(String host, int status, String problem, Optional<Instant> date) {

        /** Whether it can be expected to give models: it answered, and not with a failure of its own. */
        public boolean works() {
            return status > 0 && status < 500;
        }
    }

    public SourceProbe(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The hub's address; empty when {@code HF_ENDPOINT} is no web address. */
    public Optional<URI> hub() {
        String configured = environment.getOrDefault("HF_ENDPOINT", "").strip();
        return address(configured.isEmpty() ? HUB : configured);
    }

    /** The package index of pip; empty when none is known. Asks the installed pip when nothing is configured. */
    public Optional<URI> packageIndex() {
        try {
            String text = new PipSettings(environment, Path.of(System.getProperty("user.home"))).indexUrl();
            return address(PackageIndex.of(text).base().toString());
        } catch (SourceException _) {
            return Optional.empty();
        }
    }

    /** The proxy through which an address is reached; empty for none. */
    public Optional<URI> proxyFor(URI address) {
        return Optional.ofNullable(new EnvironmentProxies(environment).proxyFor(address));
    }

    /** Asks an address, redirects included. */
    public Answer ask(URI address) throws InterruptedException {
        String host = address.getHost();
        try (HttpGet http = new HttpGet(environment, _ -> {
        });
                HttpGet.Answer answer = http.get(address, Map.of())) {
            return new Answer(host, answer.status(), "", date(answer.header("Date")));
        } catch (BrokenTransfer e) {
            return new Answer(host, 0, e.reason(), Optional.empty());
        } catch (SourceException e) {
            return new Answer(host, 0, e.reason(), Optional.empty());
        }
    }

    private static Optional<URI> address(String text) {
        try {
            URI uri = URI.create(text);
            return Redirect.isWeb(uri) && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> date(String header) {
        try {
            return Optional.of(ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}

package dev.rbees.ctl.command;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.cli.CommandLine;
import dev.rbees.home.ApiToken;
import dev.rbees.home.Environment;
import dev.rbees.shell.pool.PoolSpecs;

/**
 * What {@code pool worker spawn} tells the other machine besides what was typed.
 *
 * @param words of the command
 * @param firstLine the token, which goes over standard input, because arguments and environment can be seen
 */
record SpawnExtras(List<String> words, Optional<String> firstLine) {

    static final SpawnExtras NONE = new SpawnExtras(List.of(), Optional.empty());

    private static final String URL = "orchestrator-url";

    SpawnExtras {
        words = List.copyOf(words);
    }

    /**
     * The orchestrator of this environment, where it is one that another machine can reach, and the token of this
     * environment; unless something else was typed.
     */
    static SpawnExtras of(CommandLine line, Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        String urls = elsewhere(environment.getOrDefault(Environment.ORCHESTRATOR_URL, ""));
        if (line.option(URL).isEmpty() && !urls.isEmpty()) {
            words.add("--" + URL + "=" + urls);
        }
        Optional<String> token = line.option("token-file").isPresent()
                ? Optional.empty()
                : ApiToken.of(environment).map(ApiToken::line);
        if (token.isPresent()) {
            words.add("--" + PoolSpecs.TOKEN_STDIN.name());
        }
        return new SpawnExtras(words, token);
    }

    /** The addresses that mean the same on another machine. */
    private static String elsewhere(String urls) {
        return Stream.of(urls.split(",", -1)).map(String::strip).filter(url -> !url.isEmpty() && !isLoopback(url))
                .collect(Collectors.joining(","));
    }

    private static boolean isLoopback(String url) {
        try {
            String host = URI.create(url).getHost();
            return host == null || host.equals("localhost") || host.endsWith(".localhost") || host.startsWith("127.")
                    || host.equals("[::1]") || host.equals("0.0.0.0") || host.equals("[::]");
        } catch (IllegalArgumentException _) {
            return true;
        }
    }
}

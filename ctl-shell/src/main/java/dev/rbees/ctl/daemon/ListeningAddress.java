package dev.rbees.ctl.daemon;

import java.util.List;
import java.util.Optional;

import dev.rbees.shell.client.Addresses;

/** Where an orchestrator listens, as its arguments say it. */
final class ListeningAddress {

    private static final String PORT = "8080";
    private static final List<String> EVERYWHERE = List.of("0.0.0.0", "::", "[::]");

    private ListeningAddress() {}

    /**
     * An address by which programs of this machine reach it.
     *
     * @throws dev.rbees.cli.UsageException when it can be none
     */
    static String of(List<String> arguments) {
        String port = value(arguments, "port").orElse(PORT);
        boolean secure = value(arguments, "tls-certificate").isPresent();
        // why: a certificate is for a name
        Optional<String> named = value(arguments, "allowed-hosts").map(names -> names.split(",", -1)[0].strip())
                .filter(_ -> secure);
        String host = named.or(() -> value(arguments, "bind").filter(bind -> !EVERYWHERE.contains(bind)))
                .orElse("127.0.0.1");
        String written = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return Addresses.web((secure ? "https://" : "http://") + written + ":" + port, "what --bind and --port say")
                .toString();
    }

    private static Optional<String> value(List<String> arguments, String option) {
        String name = "--" + option;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.startsWith(name + "=")) {
                return Optional.of(word.substring(name.length() + 1));
            }
            if (word.equals(name) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.empty();
    }
}

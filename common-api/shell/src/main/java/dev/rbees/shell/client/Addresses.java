package dev.rbees.shell.client;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;

/** Addresses that the user names. */
public final class Addresses {

    private Addresses() {}

    /** @throws UsageException when it is no plain http or https address */
    public static URI web(String text, String option) {
        try {
            URI uri = URI.create(text.strip().replaceFirst("/+$", ""));
            boolean plain = uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null && uri.getRawFragment() == null;
            if (plain && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new UsageException(option + " must be an address such as http://127.0.0.1:8080 (got '" + Printable.text(text)
                + "')");
    }

    /** One address or several with commas; at least one. */
    public static List<URI> webs(String text, String option) {
        return Stream.of(text.split(",", -1)).filter(address -> !address.isBlank() || text.isBlank())
                .map(address -> web(address, option)).toList();
    }

    /** @throws UsageException when it is neither {@code host:port} nor an https address */
    public static URI hostAndPort(String text, String option) {
        if (text.startsWith("https://")) {
            return web(text, option);
        }
        if (!text.matches("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+):[0-9]{1,5}")) {
            throw new UsageException(option + " must be host:port, such as 127.0.0.1:8001, or begin with https:// (got '"
                    + Printable.text(text)
                    + "')");
        }
        return web("http://" + text, option);
    }
}

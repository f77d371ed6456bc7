package dev.rbees.pool.model;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The proxies that {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy} name, in either case of
 * letters, as curl and pip read them.
 */
final class EnvironmentProxies extends ProxySelector {

    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        URI proxy = proxyFor(uri);
        if (proxy == null) {
            return List.of(Proxy.NO_PROXY);
        }
        int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
    }

    /**
     * Answers a proxy that asks for the user and password of its address; servers get nothing from here. Empty when no
     * proxy's address has them.
     */
    Optional<Authenticator> authenticator() {
        boolean any = Stream.of("http_proxy", "https_proxy", "all_proxy").anyMatch(name -> value(name).contains("@"));
        return any ? Optional.of(new ProxyLogin()) : Optional.empty();
    }

    private final class ProxyLogin extends Authenticator {
        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            URI proxy = getRequestorType() == RequestorType.PROXY ? proxyFor(URI.create(getRequestingURL().toString()))
                    : null;
            String login = proxy == null || proxy.getUserInfo() == null ? "" : proxy.getUserInfo();
            int colon = login.indexOf(':');
            return colon < 0
                    ? null
                    : new PasswordAuthentication(login.substring(0, colon), login.substring(colon + 1).toCharArray());
        }
    }

    /** The address of the proxy for an address, null for none. */
    @Nullable
    URI proxyFor(URI uri) {
        String configured = value(uri.getScheme() + "_proxy");
        String text = configured.isBlank() ? value("all_proxy") : configured;
        if (text.isBlank() || excluded(uri.getHost())) {
            return null;
        }
        try {
            URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
            return proxy.getHost() == null ? null : proxy;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** Whether {@code no_proxy} names the host or a domain that it is in. */
    private boolean excluded(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        for (String entry : value("no_proxy").toLowerCase(Locale.ROOT).split(",", -1)) {
            String domain = entry.strip().replaceFirst("^\\*?\\.", "");
            if (domain.equals("*") || (!domain.isEmpty() && ("." + name).endsWith("." + domain))) {
                return true;
            }
        }
        return false;
    }

    private String value(String name) {
        String lower = environment.get(name);
        return lower != null ? lower : environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // the request fails and tells it
    }
}

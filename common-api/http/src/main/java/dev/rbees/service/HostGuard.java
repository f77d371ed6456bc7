package dev.rbees.service;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Keeps foreign web pages out: the browser of somebody who may reach the program must neither name it by a host of the page's
 * own (DNS rebinding) nor send it requests from a page of elsewhere.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class HostGuard implements WebFilter {

    /** What is said to who sends something else. */
    static final String JSON_ONLY = "send the body as Content-Type: application/json, in UTF-8";

    /** The type, and perhaps the only characters that there are in JSON. */
    private static final Pattern JSON = Pattern
            .compile("application/json(\\s*;\\s*charset\\s*=\\s*\"?utf-?8\"?)?(\\s*;)?", Pattern.CASE_INSENSITIVE);

    private final Access access;

    public HostGuard(Access access) {
        this.access = access;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return refusal(exchange.getRequest()).<Mono<Void>>map(Mono::error).orElseGet(() -> chain.filter(exchange));
    }

    /** Why this request is not let in; empty when it is. */
    public Optional<RbeesException> refusal(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        List<String> hosts = headers.getValuesAsList(HttpHeaders.HOST);
        if (hosts.size() != 1 || !isOurs("http://" + hosts.getFirst())) {
            return Optional.of(new RbeesException(ErrorCode.MISDIRECTED_REQUEST, access.token().isPresent()
                    ? "this program does not answer to that name; call it by its address"
                            + access.hostsOption().map(option -> ", or name it with " + option).orElse("")
                    : "this program answers on this machine only; call it as 127.0.0.1 or localhost"));
        }
        String origin = headers.getOrigin();
        boolean crossSite = origin == null
                ? "cross-site".equals(headers.getFirst("Sec-Fetch-Site"))
                : !isLoopback(origin) && !isSame(origin, hosts.getFirst());
        if (crossSite) {
            return Optional.of(new RbeesException(ErrorCode.FORBIDDEN,
                    "web pages of other machines may not use this program"));
        }
        return hasBody(request) ? refusalOfBody(headers) : Optional.empty();
    }

    /** why: a form is the one body that a foreign page can send without being asked first; a packed one may grow without end. */
    private static Optional<RbeesException> refusalOfBody(HttpHeaders headers) {
        if (!isJson(headers)) {
            return Optional.of(new RbeesException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, JSON_ONLY));
        }
        boolean packed = headers.getValuesAsList(HttpHeaders.CONTENT_ENCODING).stream()
                .anyMatch(coding -> !coding.equalsIgnoreCase("identity"));
        return packed ? Optional.of(new RbeesException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "send the body as it is, without Content-Encoding")) : Optional.empty();
    }

    /** why: an address cannot be made to lead elsewhere as a name can, and the token does the rest. */
    private boolean isOurs(String origin) {
        String host = host(origin);
        return host != null && (isLoopback(origin) || (access.token().isPresent()
                && (access.hosts().contains(host) || host.startsWith("[") || host.matches("\\d{1,3}(\\.\\d{1,3}){3}"))));
    }

    private boolean isSame(String origin, String host) {
        return isOurs(origin) && origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
    }

    private static @Nullable String host(String origin) {
        try {
            URI uri = URI.create(origin);
            return uri.getUserInfo() == null && uri.getHost() != null ? uri.getHost().toLowerCase(Locale.ROOT) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether an origin such as {@code http://localhost:8080} is on this machine, by its name alone. */
    static boolean isLoopback(String origin) {
        String host = host(origin);
        return host != null && (host.equals("localhost") || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"));
    }

    private static boolean hasBody(ServerHttpRequest request) {
        return !request.getMethod().equals(HttpMethod.GET) && (request.getHeaders().getContentLength() > 0
                || request.getHeaders().containsHeader(HttpHeaders.TRANSFER_ENCODING)
                || request.getHeaders().containsHeader(HttpHeaders.CONTENT_TYPE)
                || request.getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING));
    }

    private static boolean isJson(HttpHeaders headers) {
        List<String> types = headers.getOrDefault(HttpHeaders.CONTENT_TYPE, List.of());
        return types.size() == 1 && JSON.matcher(types.getFirst().strip()).matches();
    }
}

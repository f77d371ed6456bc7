package dev.rbees.pool.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The rules by which a redirect is followed. */
final class Redirect {

    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "private-token");
    private static final String ILLEGAL = "\"<>\\^`{|}";

    private Redirect() {}

    /**
     * Where an answer sends us (RFC 3986, section 5.2).
     *
     * @throws SourceException when that is no web address, or an unprotected one from a protected one
     */
    static URI target(URI from, String location) throws SourceException {
        URI next;
        try {
            String legal = encoded(location.strip());
            // why: the JDK resolves a mere query by the older rules, which drop the last part of the path
            URI resolved = legal.startsWith("?") ? URI.create(withoutQuery(from) + legal) : from.resolve(legal);
            next = smallScheme(resolved);
        } catch (IllegalArgumentException e) {
            throw new SourceException("a redirect to nowhere", e);
        }
        if (location.isBlank() || next.getHost() == null || !isWeb(next)) {
            throw new SourceException("a redirect to something that is no web address");
        }
        if (from.getScheme().equalsIgnoreCase("https") && !next.getScheme().equals("https")) {
            throw new SourceException("a redirect from https to unprotected http");
        }
        return next;
    }

    static boolean isWeb(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Whether both are the same service, so that a secret of the one is none from the other. */
    static boolean sameHost(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme()) && Objects.requireNonNullElse(a.getHost(), "")
                .equalsIgnoreCase(b.getHost()) && port(a) == port(b);
    }

    /** Whether a header is for one host alone. */
    static boolean isCredential(String header) {
        return CREDENTIALS.contains(header.toLowerCase(Locale.ROOT));
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String withoutQuery(URI uri) {
        return uri.toString().replaceFirst("[?#].*$", "");
    }

    private static URI smallScheme(URI uri) {
        String scheme = uri.getScheme();
        return scheme == null ? uri
                : URI.create(scheme.toLowerCase(Locale.ROOT) + uri.toString().substring(scheme.length()));
    }

    /** Signed addresses often have characters that belong encoded; a header's bytes come one to a character. */
    private static String encoded(String location) {
        StringBuilder legal = new StringBuilder();
        for (byte b : location.getBytes(StandardCharsets.ISO_8859_1)) {
            char c = (char) (b & 0xff);
            boolean plain = c > ' ' && c < 127 && ILLEGAL.indexOf(c) < 0;
            legal.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return legal.toString();
    }
}

package dev.rbees.service;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * The place of a request in a distributed trace (source: W3C Trace Context).
 *
 * @param trace 32 hexadecimal digits, the same in the whole trace
 * @param span 16 hexadecimal digits, the caller's part of it
 * @param flags 2 hexadecimal digits
 */
public record TraceContext(String trace, String span, String flags) {

    public static final String HEADER = "traceparent";

    private static final Pattern FORM = Pattern
            .compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?");
    private static final String NOT_SAMPLED = "00";

    /** That of a request. */
    public static TraceContext of(ServerWebExchange exchange) {
        return of(exchange.getRequest().getHeaders().getFirst(HEADER));
    }

    /** What a header says; a trace of its own when it is missing or not valid. */
    public static TraceContext of(@Nullable String header) {
        Matcher matcher = FORM.matcher(header == null ? "" : header);
        // why: ids of zeros are invalid, and version 00 has nothing behind the flags
        if (matcher.matches() && matcher.group(1).matches(".*[^0].*") && matcher.group(2).matches(".*[^0].*")
                && (matcher.group(4) == null || !matcher.group().startsWith("00"))) {
            return new TraceContext(matcher.group(1), matcher.group(2), matcher.group(3));
        }
        return new TraceContext(hex(16), hex(8), NOT_SAMPLED);
    }

    /** The header for somebody who is asked on behalf of this request: the same trace, a part of its own. */
    public String next() {
        return new TraceContext(trace, hex(8), flags).header();
    }

    public String header() {
        return "00-" + trace + "-" + span + "-" + flags;
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        random[0] |= 1; // never all zeros
        return HexFormat.of().formatHex(random);
    }
}

package dev.rbees.remote;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.api.error.RbeesException;

/**
 * A machine as the user names it; the SSH configuration may know more about it.
 *
 * @param user to log in as, empty for the configured one
 * @param name a host name, an address, or an alias of the SSH configuration
 * @param port of its sshd, empty for the configured one
 */
public record RemoteHost(Optional<String> user, String name, Optional<Integer> port) {

    /** why: such names reach ssh's configuration, messages and commands to copy; a dash in front would make them options. */
    private static final Pattern FORM = Pattern.compile("(?:([A-Za-z0-9_][A-Za-z0-9._-]{0,63})@)?"
            + "(?:([A-Za-z0-9_][A-Za-z0-9._-]{0,254})|\\[([0-9a-fA-F:.]{2,45})])(?::([0-9]{1,5}))?");
    private static final Pattern BARE_IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /**
     * Reads {@code [user@]host[:port]}; an IPv6 address stands in brackets when a port follows.
     *
     * @throws RbeesException INVALID_REQUEST when it is nothing of that form
     */
    public static RemoteHost parse(String text) {
        if (BARE_IPV6.matcher(text).matches()) {
            return parse("[" + text + "]");
        }
        Matcher parts = FORM.matcher(text);
        Optional<Integer> port = parts.matches() ? Optional.ofNullable(parts.group(4)).map(Integer::valueOf)
                : Optional.empty();
        if (!parts.matches() || port.filter(number -> number < 1 || number > 65535).isPresent()) {
            throw RbeesException.invalid("host", "host", "a host is named as host, user@host, host:port or an alias of the"
                    + " SSH configuration, in letters, digits, dots, dashes and underscores");
        }
        String name = Optional.ofNullable(parts.group(2)).orElseGet(() -> String.valueOf(parts.group(3)));
        return new RemoteHost(Optional.ofNullable(parts.group(1)), name, port);
    }

    /** As the user named it. */
    @Override
    public String toString() {
        String host = name.contains(":") ? "[" + name + "]" : name;
        return user.map(login -> login + "@").orElse("") + host + port.map(number -> ":" + number).orElse("");
    }
}

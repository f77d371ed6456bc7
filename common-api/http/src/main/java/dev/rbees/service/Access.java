package dev.rbees.service;

import java.util.Optional;
import java.util.Set;

import dev.rbees.home.ApiToken;

/**
 * Who may use a program over HTTP.
 *
 * @param token that every request must show, but for those for a sign of life; empty for none
 * @param hosts names by which the program may be called, besides those of loopback and, with a token, addresses; lower case
 * @param hostsOption the program's option that names hosts, such as {@code --allowed-hosts}; empty when it has none
 */
public record Access(Optional<ApiToken> token, Set<String> hosts, Optional<String> hostsOption) {

    /** This machine alone, without a token. */
    public static final Access LOOPBACK = byAddress(Optional.empty());

    /** Called by address alone: the program has no option that gives it names. */
    public static Access byAddress(Optional<ApiToken> token) {
        return new Access(token, Set.of(), Optional.empty());
    }

    public Access {
        hosts = Set.copyOf(hosts);
    }
}

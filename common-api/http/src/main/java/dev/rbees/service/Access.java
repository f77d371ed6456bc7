package dev.rbees.service;

import java.util.Optional;
import java.util.Set;

import dev.rbees.home.ApiToken;

/**
 * Who may use a program over HTTP.
 *
 * @param token that every request must show, but for those for a sign of life; empty for none
 * @param hosts names by which the program may be called, besides those of loopback and, with a token, addresses; lower case
 */
public record Access(Optional<ApiToken> token, Set<String> hosts) {

    /** This machine alone, without a token. */
    public static final Access LOOPBACK = new Access(Optional.empty(), Set.of());

    public Access {
        hosts = Set.copyOf(hosts);
    }
}

package dev.rbees.service;

import java.util.Optional;

/** Knows whose tokens are whose. */
@FunctionalInterface
public interface Keyring {

    /** Who has this token; takes as long for every one that nobody has. */
    Optional<Caller> holder(String token);

    /**
     * Somebody showed no token, or one that nobody has.
     *
     * @param address as {@link AddressPrefix} says
     */
    default void refused(String address) {}
}

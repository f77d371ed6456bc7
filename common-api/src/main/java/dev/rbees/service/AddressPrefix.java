package dev.rbees.service;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * What failures are counted by: an IPv4 address, or the first 64 bits of an IPv6 address, of which everybody who has one has
 * 18 446 744 073 709 551 616.
 */
public final class AddressPrefix {

    private static final int PREFIX_BYTES = 8;
    private static final int PREFIX_BITS = 64;

    private AddressPrefix() {}

    /** Such as {@code 10.0.0.9} or {@code 2001:db8:0:0:0:0:0:0/64}; a word where there is no address. */
    public static String of(@Nullable InetSocketAddress peer) {
        InetAddress address = peer == null ? null : peer.getAddress();
        if (address == null) {
            return "unknown";
        }
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        try {
            byte[] prefix = Arrays.copyOf(Arrays.copyOf(address.getAddress(), PREFIX_BYTES), address.getAddress().length);
            return InetAddress.getByAddress(prefix).getHostAddress() + "/" + PREFIX_BITS;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has as many bytes as an address", e);
        }
    }
}

package dev.rbees.orchestrator.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A range of addresses, such as {@code 10.0.0.0/8}.
 *
 * @param address its first one
 * @param bits how many leading bits all of them have in common
 */
public record Network(InetAddress address, int bits) {

    /** Empty when it is not written as an address, a slash and a number of bits. */
    public static Optional<Network> parse(String text) {
        String[] parts = text.strip().split("/", -1);
        // why: letters would be looked up as a name
        if (parts.length != 2 || !parts[0].matches("[0-9a-fA-F]*[:.][0-9a-fA-F:.]*") || !parts[1].matches("\\d{1,3}")) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(parts[0]);
            int bits = Integer.parseInt(parts[1]);
            return bits <= address.getAddress().length * Byte.SIZE ? Optional.of(new Network(address, bits))
                    : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if ((ours[bit / Byte.SIZE] & mask) != (theirs[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}

package dev.rbees.service;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.rbees.api.json.Json;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;

/**
 * How many connections a program holds, and how long it waits for the other side of one.
 *
 * @param most connections in all, at least 1
 * @param mostPerPeer connections of one peer, which is an IPv4 address or the /64 network of an IPv6 one; at least 1. Peers on this
 *        machine have no limit of their own, because a proxy in front brings everybody from one address
 * @param head a request's head is complete so long after its first byte, and the first one so long after connecting
 * @param silence within a body, something comes so often
 * @param body a body is complete so long after its head
 * @param idle a connection without a request is kept so long
 * @param stall a client that takes nothing of its answer is waited for so long
 * @param bodies bytes that all bodies together take that are being received or read
 */
public record ConnectionLimits(int most, int mostPerPeer, Duration head, Duration silence, Duration body, Duration idle,
        Duration stall, long bodies) {

    private static final int MOST_PER_PEER = 1_000;
    private static final int MOST = 10_000;

    /** Sets {@link #most}. */
    public static final OptionSpec MOST_OPTION = OptionSpec.optional("connections", "number",
            "connections at a time (default: half of the files that the process may open, at most " + MOST + ")");

    /** Sets {@link #mostPerPeer}. */
    public static final OptionSpec PER_PEER_OPTION = OptionSpec.optional("connections-per-peer", "number",
            "of those, from one address of another machine (default: " + MOST_PER_PEER + "); raise it for a proxy");

    private static final int LARGEST = 1_000_000;
    private static final int FILES_OF_OUR_OWN = 512;
    private static final long LEAST_BODIES = 4L * Json.MAX_BODY_BYTES;
    private static final long MOST_BODIES = 512L * 1024 * 1024;

    public ConnectionLimits {
        if (most < 1 || mostPerPeer < 1) {
            throw new IllegalArgumentException("a program without connections serves nobody");
        }
    }

    /** What a command line says, and what is usual. */
    public static ConnectionLimits of(CommandLine line) {
        int most = line.integer(MOST_OPTION.name(), 1, LARGEST).orElse(mostByFiles());
        return of(most, line.integer(PER_PEER_OPTION.name(), 1, LARGEST).orElse(MOST_PER_PEER));
    }

    /** As many connections as the process may open files for, each twice because it may be handed on; 10 000 at most. */
    public static ConnectionLimits usual() {
        return of(mostByFiles(), MOST_PER_PEER);
    }

    /** Those numbers, and the usual times. */
    public static ConnectionLimits of(int most, int mostPerPeer) {
        return new ConnectionLimits(most, mostPerPeer, Duration.ofSeconds(10), Duration.ofSeconds(10),
                Duration.ofSeconds(30), Duration.ofSeconds(120), Duration.ofSeconds(60), anEighthOfTheHeap());
    }

    private static long anEighthOfTheHeap() {
        return Math.clamp(Runtime.getRuntime().maxMemory() / 8, LEAST_BODIES, MOST_BODIES);
    }

    /** The default of {@link #most}. */
    private static int mostByFiles() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() > 0) {
            return Math.clamp((system.getMaxFileDescriptorCount() - FILES_OF_OUR_OWN) / 2, 64, MOST);
        }
        return MOST;
    }
}

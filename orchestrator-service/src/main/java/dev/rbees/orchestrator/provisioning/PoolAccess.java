package dev.rbees.orchestrator.provisioning;

import java.io.OutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/** A way to the {@code rbees-pool} of one machine. Any number of threads may use it at a time. */
interface PoolAccess {

    /**
     * The addresses by which two machines see each other.
     *
     * @param ours that of this machine, as the other one sees it; empty when it is not known
     * @param theirs that of the other one, as this one sees it; empty when it is not known
     */
    record Route(Optional<InetAddress> ours, Optional<InetAddress> theirs) {

        /** Both are one machine. */
        static final Route WITHIN = new Route(Optional.of(InetAddress.getLoopbackAddress()),
                Optional.of(InetAddress.getLoopbackAddress()));
    }

    /**
     * Runs {@code rbees-pool} to its end. A thread that is interrupted ends it, and so does an exception of {@code out} or
     * {@code err}, which the caller gets in an {@link java.io.UncheckedIOException}.
     *
     * @param words its arguments
     * @param firstLine all that it gets on its standard input; empty for nothing
     * @param out takes its output as it comes
     * @param err takes its error output as it comes
     * @return its exit status; 127 when there is no such program
     * @throws RbeesException POOL_UNAVAILABLE when the machine cannot be reached or the link is lost, FORBIDDEN when it is not trusted
     *         or lets nobody in, CANCELLED when this thread was interrupted
     */
    int run(List<String> words, Optional<String> firstLine, OutputStream out, OutputStream err);

    /**
     * How the two machines see each other. May connect, which blocks.
     *
     * @throws RbeesException as {@link #run}
     */
    Route route();
}

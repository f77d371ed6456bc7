package dev.rbees.pool.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Chooses the port of a new worker. */
public final class Ports {

    /** The first port that a worker may have. */
    public static final int FIRST = 8001;
    /** The last one. */
    public static final int LAST = 8999;

    private Ports() {}

    /**
     * The first port that none of these workers has and nobody listens on.
     *
     * @param workers that run, or are about to
     */
    static int firstFree(List<WorkerRecord> workers) {
        return IntStream.rangeClosed(FIRST, LAST)
                .filter(port -> workers.stream().noneMatch(worker -> worker.port() == port))
                .filter(Ports::isFree)
                .findFirst()
                .orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT, "no free port from " + FIRST + " to " + LAST
                        + "; stop workers that are not needed, or name a port with --port"));
    }

    /** @throws RbeesException CONFLICT when the port is taken, with who has it if that is a worker of ours */
    static int requireFree(int port, List<WorkerRecord> workers) {
        if (!isFree(port)) {
            String owner = workers.stream().filter(worker -> worker.port() == port && worker.mark().alive())
                    .map(worker -> " by " + worker.workerId()).findFirst().orElse("");
            throw new RbeesException(ErrorCode.CONFLICT, "port " + port + " is in use" + owner
                    + "; name another one with --port, or leave --port out for the first free one");
        }
        return port;
    }

    /** Whether nobody listens on it. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}

package dev.rbees.ctl.matrix;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.rbees.ctl.host.Reach;

/** A machine with rbees, this one or another. */
public interface Machine {

    /** As the operator named it. */
    String name();

    /**
     * Runs a command of rbees-pool there to its end.
     *
     * @param words the command and everything after it
     * @param limit after which it is ended
     * @return how it ended
     * @throws dev.rbees.api.error.RbeesException TIMEOUT after the limit, CANCELLED when the thread was interrupted, and what is
     *         wrong with the way to the machine
     */
    Output run(List<String> words, Duration limit);

    /** A way to a port of its loopback address, on which its workers listen. */
    Reach reach(int port);

    /** Bytes of main memory that a process of it holds; empty when it does not say. */
    Optional<Long> residentBytes(long pid);

    /** How busy it is, as tasks that want to run; empty when it does not say. */
    Optional<Double> load();

    /**
     * How a command ended.
     *
     * @param status its exit code
     * @param out what it printed
     * @param err and what it said
     */
    record Output(int status, String out, String err) {}
}

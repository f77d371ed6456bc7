package dev.rbees.pool.doctor;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * One question to this machine.
 *
 * @param name by which people and scripts know it
 * @param limit for its answer
 * @param late what is to be said when there is none by then
 * @param question what gives the answer; what it throws is a failure of the check
 */
record Check(String name, Duration limit, Verdict late, Callable<Verdict> question) {

    private static final Duration LOCAL = Duration.ofSeconds(6);
    private static final Duration NETWORK = Duration.ofSeconds(3);

    /** Of the machine itself; a driver that hangs takes five seconds. */
    static Check local(String name, Callable<Verdict> question) {
        return new Check(name, LOCAL, Verdict.warn("no answer within " + LOCAL.toSeconds() + " s",
                "see what hangs, a disk or a driver: sudo dmesg | tail"), question);
    }

    /** Of something that may be away. */
    static Check network(String name, Callable<Verdict> question) {
        return new Check(name, NETWORK, Verdict.warn("no answer within " + NETWORK.toSeconds() + " s",
                "see the network; HF_ENDPOINT, PIP_INDEX_URL and https_proxy name other ways"), question);
    }
}

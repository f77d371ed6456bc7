package dev.rbees.pool.process;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.shell.process.ProcessMark;

/**
 * Ends processes.
 *
 * @param grace how long a process may take to end by itself
 * @param force how long it may take to go after it was killed
 */
record Termination(Duration grace, Duration force) {

    static final Termination DEFAULT = new Termination(Duration.ofSeconds(30), Duration.ofSeconds(5));

    private static final Duration LOOK = Duration.ofMillis(50);

    /**
     * Asks the process and those that it started to end, and kills them when the grace is over.
     *
     * @throws RbeesException INTERNAL when it does not even go then
     */
    void end(ProcessMark process) {
        List<ProcessMark> family = process.handle().stream()
                .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                .flatMap(handle -> ProcessMark.of(handle.pid()).stream()).toList();
        family.forEach(member -> member.handle().ifPresent(ProcessHandle::destroy));
        if (!gone(family, grace)) {
            family.forEach(member -> member.handle().ifPresent(ProcessHandle::destroyForcibly));
            if (!gone(family, force)) {
                throw new RbeesException(ErrorCode.INTERNAL,
                        "process " + process.pid() + " does not end, also not by force; is its disk or device stuck?");
            }
        }
    }

    private static boolean gone(List<ProcessMark> family, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (family.stream().anyMatch(ProcessMark::alive)) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RbeesException(ErrorCode.CANCELLED, "waiting for the end of a process was interrupted", e);
            }
        }
        return true;
    }
}

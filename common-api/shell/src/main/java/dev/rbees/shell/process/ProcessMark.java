package dev.rbees.shell.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Tells a process from a later one that got the same number.
 *
 * @param pid its number
 * @param start when it began, in a form that only ever is compared
 */
public record ProcessMark(long pid, String start) {

    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT = PROC.resolve("sys/kernel/random/boot_id");
    /** Places among the words that follow the name in {@code /proc/<pid>/stat}. */
    private static final int STATE = 0;
    private static final int START_TIME = 19;

    /** The mark of a running process; empty when there is none, also when it is dead and only not yet collected. */
    public static Optional<ProcessMark> of(long pid) {
        return Files.isReadable(BOOT) ? fromProc(pid) : fromJdk(pid);
    }

    /**
     * Processes by what their command lines say, whoever started them.
     *
     * @param name what a command line is called here, empty for one that is not looked for
     */
    public static Map<String, ProcessMark> byCommandLine(Function<List<String>, Optional<String>> name) {
        Map<String, ProcessMark> found = new HashMap<>();
        ProcessHandle.allProcesses().forEach(process -> name.apply(words(process))
                .ifPresent(called -> of(process.pid()).ifPresent(mark -> found.put(called, mark))));
        return found;
    }

    /** The words of its command line; none when it is somebody else's. */
    private static List<String> words(ProcessHandle process) {
        Path line = PROC.resolve(process.pid() + "/cmdline");
        try {
            return Files.isReadable(BOOT)
                    ? List.of(Files.readString(line, StandardCharsets.ISO_8859_1).split("\0", -1))
                    : process.info().arguments().map(List::of).orElse(List.of());
        } catch (IOException _) {
            return List.of();
        }
    }

    /** Whether the process still runs. */
    public boolean alive() {
        return of(pid).equals(Optional.of(this));
    }

    /** Its handle, for signals; empty when it is gone. */
    public Optional<ProcessHandle> handle() {
        return alive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    private static Optional<ProcessMark> fromProc(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            // why: the name is in parentheses and may itself hold blanks and parentheses
            List<String> words = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            // why: the JDK calls a zombie alive, but its work is over
            return "ZX".contains(words.get(STATE)) && !othersRun(pid)
                    ? Optional.empty()
                    : Optional.of(new ProcessMark(pid, Files.readString(BOOT).strip() + ":" + words.get(START_TIME)));
        } catch (IOException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    /** why: the first thread of a process may be over while others still hold its memory, its files and its port. */
    private static boolean othersRun(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(PROC.resolve(pid + "/task"))) {
            return threads.skip(1).findAny().isPresent();
        }
    }

    private static Optional<ProcessMark> fromJdk(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
                .map(handle -> handle.info().startInstant().map(Object::toString).orElse(""))
                .map(start -> new ProcessMark(pid, start));
    }
}

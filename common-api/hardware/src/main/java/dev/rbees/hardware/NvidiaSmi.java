package dev.rbees.hardware;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.home.OutsideProgram;

/** The program {@code nvidia-smi}, where NVIDIA's library cannot be loaded into this process. */
final class NvidiaSmi {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER = 64 * 1024;
    private static final long MEBIBYTE = 1 << 20;
    private static final int LONGEST_BUS_ID = 32;

    private final OutsideProgram program;

    NvidiaSmi(Map<String, String> environment) {
        this(environment, LIMIT);
    }

    NvidiaSmi(Map<String, String> environment, Duration limit) {
        program = new OutsideProgram(environment, limit, LONGEST_ANSWER);
    }

    /** The cards that it tells of; none when it is not there, fails, or takes longer than five seconds. */
    List<NvidiaCard> cards() {
        return program.ask("nvidia-smi", "--query-gpu=index,name,memory.total,memory.free,compute_cap,pci.bus_id",
                "--format=csv,noheader,nounits").filter(OutsideProgram.Answer::done)
                .map(answer -> answer.output().lines().flatMap(line -> Stream.ofNullable(card(line))).toList())
                .orElse(List.of());
    }

    /** Version of the driver; empty as above. */
    String driverVersion() {
        return program.ask("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
                .filter(OutsideProgram.Answer::done)
                .flatMap(answer -> answer.output().lines().map(String::strip)
                        .filter(line -> line.matches("\\d{2,4}[0-9.]{0,20}")).findFirst())
                .orElse("");
    }

    /** A card of one line; null for a line that says nothing that can be true. Memory comes in mebibytes. */
    private static @Nullable NvidiaCard card(String line) {
        List<String> words = Arrays.stream(line.split(",", -1)).map(String::strip).toList();
        int count = words.size();
        if (count < 6 || words.getLast().length() > LONGEST_BUS_ID) {
            return null;
        }
        // why: a name may hold commas itself
        String name = String.join(", ", words.subList(1, count - 4));
        String capability = words.get(count - 2);
        return NvidiaCard.of((int) number(words.getFirst()), name, bytes(words.get(count - 4)), bytes(words.get(count - 3)),
                capability.matches("\\d{1,3}\\.\\d{1,3}") ? capability : null, "");
    }

    private static long bytes(String mebibytes) {
        long number = number(mebibytes);
        return number < 0 ? -1 : number * MEBIBYTE;
    }

    /** Below 0 for what is no number, such as {@code [N/A]}. */
    private static long number(String word) {
        return word.matches("\\d{1,9}") ? Long.parseLong(word) : -1;
    }
}

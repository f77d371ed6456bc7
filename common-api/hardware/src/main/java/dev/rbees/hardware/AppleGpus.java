package dev.rbees.hardware;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.pool.PoolStatus.Gpu;
import dev.rbees.home.OutsideProgram;

/** The cards of a Mac, as {@code system_profiler} lists them. Apple's own share the machine's memory. */
final class AppleGpus {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER = 1024 * 1024;
    private static final int MOST_CARDS = 16;
    private static final int LONGEST_NAME = 256;
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,7}) ?(MB|GB)");

    private final OutsideProgram program;

    AppleGpus(Map<String, String> environment) {
        program = new OutsideProgram(environment, LIMIT, LONGEST_ANSWER);
    }

    /** The cards; none when the programs are not there or fail. */
    List<Gpu> cards() {
        return program.ask("system_profiler", "SPDisplaysDataType", "-json").filter(OutsideProgram.Answer::done)
                .map(answer -> read(answer.output())).orElse(List.of());
    }

    private List<Gpu> read(String document) {
        List<Gpu> cards = new ArrayList<>();
        try {
            for (JsonNode card : Json.readTree(document.getBytes(StandardCharsets.UTF_8)).path("SPDisplaysDataType")) {
                // why: on older systems _name is an internal word, and the model is what people know it by
                String name = card.path("sppci_model").asString(card.path("_name").asString(""));
                long bytes = bytes(card.path("spdisplays_vram").asString(""));
                long memory = bytes > 0 ? bytes : machineMemory();
                if (!name.isBlank() && name.length() <= LONGEST_NAME && memory > 0 && cards.size() < MOST_CARDS) {
                    cards.add(new Gpu(cards.size(), name, memory, null, null));
                }
            }
        } catch (RbeesException _) {
            return List.of(); // it is no JSON
        }
        return List.copyOf(cards);
    }

    private long machineMemory() {
        return program.ask("sysctl", "-n", "hw.memsize").filter(OutsideProgram.Answer::done)
                .map(answer -> answer.output().strip()).filter(text -> text.matches("\\d{1,15}"))
                .map(Long::parseLong).orElse(0L);
    }

    private static long bytes(String amount) {
        Matcher words = AMOUNT.matcher(amount);
        return words.matches() ? Long.parseLong(words.group(1)) << (words.group(2).equals("GB") ? 30 : 20) : 0;
    }
}

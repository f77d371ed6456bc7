package dev.rbees.worker.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a graph calls its inputs and outputs.
 *
 * @param roles the usual name of each input that this graph calls otherwise
 * @param caches the inputs for keys and values, and the outputs that they come back from
 * @param logits the output with the scores
 */
record GraphNames(Map<String, String> roles, List<Cache> caches, String logits) {

    /**
     * A kind of input for keys or values, one for each layer.
     *
     * @param past matches its name; the groups are put into the names of the output
     * @param presents what the output may be called, with {@code $1} and so on for the groups
     */
    record Cache(Pattern past, List<String> presents) {}

    /** The names that exports for transformers have. */
    static final GraphNames USUAL = new GraphNames(Map.of(),
            List.of(new Cache(Pattern.compile("past(?:_key_values)?\\.(\\d{1,4})(\\.(?:decoder\\.)?(?:key|value))"),
                    List.of("present.$1$2", "present_key_values.$1$2"))),
            "logits");

    /** The usual name of an input that takes whole numbers. */
    String role(String input) {
        return roles.getOrDefault(input, input);
    }

    /** What the output may be called that gives back an input for keys or values; empty for any other input. */
    Optional<List<String>> presents(String input) {
        for (Cache cache : caches) {
            Matcher past = cache.past().matcher(input);
            if (past.matches()) {
                return Optional.of(cache.presents().stream().map(present -> past.replaceFirst(present)).toList());
            }
        }
        return Optional.empty();
    }
}

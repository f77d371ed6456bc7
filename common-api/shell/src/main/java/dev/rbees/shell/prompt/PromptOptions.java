package dev.rbees.shell.prompt;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.UsageException;
import dev.rbees.shell.Console;

/** The options that say what the model is asked and how its answer is made. */
public final class PromptOptions {

    /** How an answer is made, for the command's help. */
    public static final List<OptionSpec> ANSWER = List.of(
            OptionSpec.flag("raw", "do not put the prompt into the model's chat template"),
            OptionSpec.optional("max-tokens", "number", "the longest answer"),
            OptionSpec.optional("temperature", "number", "0 to 2; 0 always takes the most likely token"),
            OptionSpec.optional("top-p", "number", "0 to 1; only the most likely tokens that together reach this"),
            OptionSpec.optional("top-k", "number", "only so many of the most likely tokens; 0 for all"),
            OptionSpec.optional("min-p", "number", "0 to 1; only tokens at least this likely beside the most likely one"),
            OptionSpec.optional("repetition-penalty", "number", "0 to 2; above 1 makes repeating less likely"),
            OptionSpec.optional("seed", "number", "makes the answer repeatable"),
            OptionSpec.repeatable("stop", "text", "a text that ends the answer"));

    /** How an answer is made where nothing is said; ranges as those of the options. */
    public record Usual(int maxTokens, double temperature, double topP, double repetitionPenalty) {}

    private PromptOptions() {}

    /** For the command's help, before its own options. */
    public static List<OptionSpec> and(OptionSpec... more) {
        List<OptionSpec> all = new ArrayList<>(PromptSource.OPTIONS);
        all.addAll(ANSWER);
        all.addAll(List.of(more));
        return all;
    }

    /** One user message, or the bare text with {@code --raw}. */
    public static Prompt prompt(CommandLine line, Console console) {
        return prompt(line, new PromptSource(console).text(line));
    }

    /** The same of a text that was given in another way. */
    public static Prompt prompt(CommandLine line, String text) {
        return line.flag("raw") ? new Prompt.Raw(text) : new Prompt.Chat(List.of(Message.user(text)));
    }

    /** What was said about the answer, by wire names; nothing for what was not said. */
    public static Map<String, Object> sampling(CommandLine line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        line.integer("max-tokens", 1, Integer.MAX_VALUE).ifPresent(value -> fields.put("max_tokens", value));
        line.number("temperature", 0, 2).ifPresent(value -> fields.put("temperature", value));
        line.number("top-p", 0, 1).ifPresent(value -> fields.put("top_p", value));
        line.integer("top-k", 0, Integer.MAX_VALUE).ifPresent(value -> fields.put("top_k", value));
        line.number("min-p", 0, 1).ifPresent(value -> fields.put("min_p", value));
        line.number("repetition-penalty", Double.MIN_VALUE, 2).ifPresent(value -> fields.put("repetition_penalty", value));
        line.option("seed").ifPresent(value -> fields.put("seed", seed(value)));
        List<String> stop = line.options("stop");
        if (stop.size() > SamplingParameters.MAX_STOPS || stop.stream().anyMatch(String::isEmpty)) {
            throw new UsageException("--stop may be given " + SamplingParameters.MAX_STOPS + " times, each with a text");
        }
        if (!stop.isEmpty()) {
            fields.put("stop", stop);
        }
        return fields;
    }

    /**
     * The same, for a worker that is asked directly.
     *
     * @param usual what holds where nothing was said
     */
    @SuppressWarnings("unchecked")
    public static SamplingParameters sampling(CommandLine line, Usual usual) {
        Map<String, Object> said = sampling(line);
        return new SamplingParameters((Integer) said.getOrDefault("max_tokens", usual.maxTokens()),
                (Double) said.getOrDefault("temperature", usual.temperature()),
                new Truncation((Integer) said.getOrDefault("top_k", 0), 1, (Double) said.getOrDefault("top_p", usual.topP()),
                        (Double) said.getOrDefault("min_p", 0.0)),
                new Penalties((Double) said.getOrDefault("repetition_penalty", usual.repetitionPenalty()), 0, 0), Map.of(),
                (List<String>) said.getOrDefault("stop", List.of()), (Seed) said.get("seed"), false, null,
                new ResponseFormat.Text());
    }

    private static Seed seed(String text) {
        try {
            return Seed.of(new BigInteger(text));
        } catch (IllegalArgumentException _) {
            throw new UsageException("--seed must be a whole number from 0 to 2^64-1");
        }
    }
}

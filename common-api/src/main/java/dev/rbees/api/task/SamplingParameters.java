package dev.rbees.api.task;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;

/**
 * How the answer is made.
 *
 * @param maxTokens the most tokens of the answer, null for the default (2 048, or what the context leaves)
 * @param temperature 0 to 2; 0 takes the most likely token
 * @param topP 0 to 1; only the most likely tokens that together reach this probability, 1 for all
 * @param topK only so many of the most likely tokens, 0 for all
 * @param minP 0 to 1; only tokens at least this fraction as likely as the most likely one, 0 for all
 * @param repetitionPenalty above 0 to 2; divides the score of tokens that were seen, 1 for none
 * @param stop up to 4 texts that end the answer and are not shown
 * @param seed the seed of the draw, null for a random one that the {@code started} event names
 * @param ignoreEos go on when the model wants to end
 */
public record SamplingParameters(@Nullable Integer maxTokens, double temperature, double topP, int topK, double minP,
        double repetitionPenalty, List<String> stop, @Nullable Seed seed, boolean ignoreEos) {

    public static final int DEFAULT_MAX_TOKENS = 2048;
    public static final int MAX_STOPS = 4;
    public static final int MAX_STOP_LENGTH = 100;

    public SamplingParameters {
        stop = List.copyOf(stop);
    }

    /** The most likely token at each step. */
    public static SamplingParameters greedy(int maxTokens) {
        return new SamplingParameters(maxTokens, 0, 1, 0, 0, 1, List.of(), null, false);
    }

    /** Reads the fields; problems go to {@code fields}. */
    public static SamplingParameters read(RequestFields fields, double defaultTemperature) {
        Long maxTokens = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        return new SamplingParameters(
                maxTokens == null ? null : maxTokens.intValue(),
                fields.number("temperature", 0, 2, defaultTemperature),
                fields.number("top_p", 0, 1, 1),
                fields.integer("top_k", 0, Integer.MAX_VALUE, 0),
                fields.number("min_p", 0, 1, 0),
                readPenalty(fields),
                fields.texts("stop", MAX_STOPS, MAX_STOP_LENGTH),
                readSeed(fields),
                fields.flag("ignore_eos", false));
    }

    /** The same with a seed, if there was none. */
    public SamplingParameters withSeed(Seed drawn) {
        return seed != null
                ? this
                : new SamplingParameters(maxTokens, temperature, topP, topK, minP, repetitionPenalty, stop, drawn,
                        ignoreEos);
    }

    private static double readPenalty(RequestFields fields) {
        double penalty = fields.number("repetition_penalty", 0, 2, 1);
        if (penalty == 0) {
            fields.reject("repetition_penalty", "greater_than(0.0)", "repetition_penalty must be greater than 0 (1 is off)");
            return 1;
        }
        return penalty;
    }

    private static @Nullable Seed readSeed(RequestFields fields) {
        JsonNode value = fields.value("seed");
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !Seed.fits(value.bigIntegerValue())) {
            fields.reject("seed", "range(0..=18446744073709551615)", "seed must be a whole number from 0 to 2^64-1");
            return null;
        }
        return Seed.of(value.bigIntegerValue());
    }
}

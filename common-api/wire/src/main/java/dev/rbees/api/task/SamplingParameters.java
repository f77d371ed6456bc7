package dev.rbees.api.task;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;

/**
 * How the answer is made.
 *
 * @param maxTokens the most tokens of the answer, null for the default (2 048, or what the context leaves)
 * @param temperature 0 to 2; 0 takes the most likely token
 * @param truncation which tokens may be drawn
 * @param penalties what lowers the scores of tokens that were there before
 * @param logitBias for ids of the vocabulary, what is added to their scores, −100 to 100
 * @param stop up to 4 texts that end the answer and are not shown
 * @param seed the seed of the draw, null for a random one that the {@code started} event names
 * @param ignoreEos go on when the model wants to end
 * @param logprobs with each token, its probability and those of so many of the most likely ones, 0 to 20; null for none
 * @param format what form the answer has
 */
public record SamplingParameters(@Nullable Integer maxTokens, double temperature, Truncation truncation,
        Penalties penalties, Map<Integer, Float> logitBias, List<String> stop, @Nullable Seed seed, boolean ignoreEos,
        @Nullable Integer logprobs, ResponseFormat format) {

    public static final int DEFAULT_MAX_TOKENS = 2048;
    public static final int MAX_STOPS = 4;
    public static final int MAX_STOP_LENGTH = 100;
    public static final int MAX_LOGPROBS = 20;

    private static final int MAX_BIASES = 1024;
    private static final double MAX_BIAS = 100;

    /**
     * Which tokens may be drawn: each condition cuts off more of the unlikely ones, in this order.
     *
     * @param topK only so many of the most likely tokens, 0 for all
     * @param typicalP 0 to 1; only the tokens whose surprise is nearest to the expected one and that together reach this
     *        probability, 1 for all
     * @param topP 0 to 1; only the most likely tokens that together reach this probability, 1 for all
     * @param minP 0 to 1; only tokens at least this fraction as likely as the most likely one, 0 for all
     */
    public record Truncation(int topK, double typicalP, double topP, double minP) {

        /** Every token may be drawn. */
        public static final Truncation NONE = new Truncation(0, 1, 1, 0);

        static Truncation read(RequestFields fields) {
            return new Truncation(fields.integer("top_k", 0, Integer.MAX_VALUE, 0), fields.number("typical_p", 0, 1, 1),
                    fields.number("top_p", 0, 1, 1), fields.number("min_p", 0, 1, 0));
        }
    }

    /**
     * What lowers the scores of tokens that were there before.
     *
     * @param repetition above 0 to 2; divides the scores of tokens in prompt and answer, 1 for none
     * @param presence −2 to 2; taken from the scores of tokens in the answer
     * @param frequency −2 to 2; taken from the scores of tokens in the answer, once for each time they are there
     */
    public record Penalties(double repetition, double presence, double frequency) {

        public static final Penalties NONE = new Penalties(1, 0, 0);

        static Penalties read(RequestFields fields) {
            double repetition = fields.number("repetition_penalty", 0, 2, 1);
            if (repetition == 0) {
                fields.reject("repetition_penalty", "greater_than(0.0)",
                        "repetition_penalty must be greater than 0 (1 is off)");
            }
            return new Penalties(repetition == 0 ? 1 : repetition, fields.number("presence_penalty", -2, 2, 0),
                    fields.number("frequency_penalty", -2, 2, 0));
        }
    }

    public SamplingParameters {
        logitBias = Map.copyOf(logitBias);
        stop = List.copyOf(stop);
    }

    /** Reads the fields; problems go to {@code fields}. */
    public static SamplingParameters read(RequestFields fields, double defaultTemperature) {
        Long maxTokens = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        return new SamplingParameters(maxTokens == null ? null : maxTokens.intValue(),
                fields.number("temperature", 0, 2, defaultTemperature), Truncation.read(fields), Penalties.read(fields),
                readBias(fields), fields.texts("stop", MAX_STOPS, MAX_STOP_LENGTH), readSeed(fields),
                fields.flag("ignore_eos", false), readLogprobs(fields), ResponseFormat.read(fields));
    }

    /** The fields as {@link #read} takes them. */
    public Map<String, Object> toFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (maxTokens != null) {
            fields.put("max_tokens", maxTokens);
        }
        fields.put("temperature", temperature);
        fields.put("top_k", truncation.topK());
        fields.put("typical_p", truncation.typicalP());
        fields.put("top_p", truncation.topP());
        fields.put("min_p", truncation.minP());
        fields.put("repetition_penalty", penalties.repetition());
        fields.put("presence_penalty", penalties.presence());
        fields.put("frequency_penalty", penalties.frequency());
        if (!logitBias.isEmpty()) {
            fields.put("logit_bias", logitBias);
        }
        fields.put("stop", stop);
        if (seed != null) {
            fields.put("seed", seed);
        }
        fields.put("ignore_eos", ignoreEos);
        if (logprobs != null) {
            fields.put("logprobs", logprobs);
        }
        if (!(format instanceof ResponseFormat.Text)) {
            fields.put("response_format", format.toField());
        }
        return fields;
    }

    /** The same with a seed, if there was none. */
    public SamplingParameters withSeed(Seed drawn) {
        return seed != null
                ? this
                : new SamplingParameters(maxTokens, temperature, truncation, penalties, logitBias, stop, drawn, ignoreEos,
                        logprobs, format);
    }

    /** The same with another limit. */
    public SamplingParameters withMaxTokens(int limit) {
        return new SamplingParameters(limit, temperature, truncation, penalties, logitBias, stop, seed, ignoreEos,
                logprobs, format);
    }

    private static Map<Integer, Float> readBias(RequestFields fields) {
        JsonNode value = fields.value("logit_bias");
        if (value == null) {
            return Map.of();
        }
        if (!value.isObject() || value.size() > MAX_BIASES) {
            fields.reject("logit_bias", "max_count(" + MAX_BIASES + ")",
                    "logit_bias must be an object of at most " + MAX_BIASES + " token ids with a number for each");
            return Map.of();
        }
        Map<Integer, Float> biases = new HashMap<>();
        for (Map.Entry<String, JsonNode> bias : value.properties()) {
            boolean isId = bias.getKey().matches("\\d{1,9}");
            double number = bias.getValue().isNumber() ? bias.getValue().asDouble() : Double.NaN;
            if (!isId || !(Math.abs(number) <= MAX_BIAS)) {
                fields.reject("logit_bias", "token_id:range(-100..=100)",
                        "logit_bias must give token ids a number from -100 to 100 each");
                return Map.of();
            }
            biases.put(Integer.valueOf(bias.getKey()), (float) number);
        }
        return biases;
    }

    /** A number of alternatives, or, as in OpenAI's chats, {@code true} with the number in {@code top_logprobs}. */
    private static @Nullable Integer readLogprobs(RequestFields fields) {
        JsonNode value = fields.value("logprobs");
        int top = fields.integer("top_logprobs", 0, MAX_LOGPROBS, 0);
        if (value == null || value.isBoolean()) {
            boolean wanted = value != null && value.asBoolean();
            if (!wanted && top > 0) {
                fields.reject("top_logprobs", "with(logprobs)", "top_logprobs needs logprobs to be true");
            }
            return wanted ? top : null;
        }
        return fields.integer("logprobs", 0, MAX_LOGPROBS, 0);
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

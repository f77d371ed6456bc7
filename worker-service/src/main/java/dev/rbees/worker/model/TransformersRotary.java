package dev.rbees.worker.model;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/** Reads how a model scales its rotary positions from the parameters that transformers has for it. */
final class TransformersRotary {

    private static final int MOST_FACTORS = 1024;

    private final JsonNode config;
    private final JsonNode parameters;
    private final JsonNode scaling;
    private final int dimensions;
    private final int context;

    /**
     * @param parameters {@code rope_parameters}, missing in older configurations
     * @param dimensions how many numbers of a head are rotated
     * @param context positions the model is made for
     */
    TransformersRotary(JsonNode config, JsonNode parameters, int dimensions, int context) {
        this.config = config;
        this.parameters = parameters;
        this.scaling = parameters.isObject() ? parameters : config.path("rope_scaling");
        this.dimensions = dimensions;
        this.context = context;
    }

    Rotary read() {
        double base = TransformersConfig.number(parameters, "rope_theta",
                TransformersConfig.number(config, "rope_theta", 10_000));
        Rotary plain = Rotary.of(base, dimensions, false);
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        double factor = TransformersConfig.number(scaling, "factor", 1);
        return switch (type) {
            case "default" -> plain;
            case "linear" -> plain.linear(factor);
            case "llama3" -> plain.llama3(factor, TransformersConfig.number(scaling, "low_freq_factor", 1),
                    TransformersConfig.number(scaling, "high_freq_factor", 4), original());
            case "yarn" -> plain.yarn(base, factor, original(),
                    TransformersConfig.number(scaling, "attention_factor", 0.1 * Math.log(factor) + 1));
            case "longrope" -> plain.dividedByLength(factors("short_factor"), factors("long_factor"), original(),
                    TransformersConfig.number(scaling, "attention_factor",
                            GgufShape.longRopeMagnitude(context, original())));
            default -> throw Architecture.unsupported("it scales its rotary positions by '" + type + "'");
        };
    }

    /** Positions the model was trained for before its context was made longer. */
    private int original() {
        double inScaling = TransformersConfig.number(scaling, "original_max_position_embeddings", context);
        int original = (int) TransformersConfig.number(config, "original_max_position_embeddings", inScaling);
        if (original < 2) {
            throw TransformersConfig.damaged("its original_max_position_embeddings is " + original);
        }
        return original;
    }

    private List<Double> factors(String key) {
        JsonNode list = scaling.path(key);
        if (!list.isArray() || list.size() > MOST_FACTORS) {
            throw TransformersConfig.damaged("its rope_scaling has no " + key);
        }
        List<Double> factors = new ArrayList<>();
        for (JsonNode factor : list) {
            if (!factor.isNumber()) {
                throw TransformersConfig.damaged("its " + key + " holds what is no number");
            }
            factors.add(factor.asDouble());
        }
        return factors;
    }
}

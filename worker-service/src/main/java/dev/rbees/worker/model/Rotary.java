package dev.rbees.worker.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Rotary position embeddings: each pair of numbers of a head turns with the position, every pair at its own speed.
 *
 * @param dimensions how many numbers of a head are rotated; even
 * @param interleaved whether a pair lies side by side; otherwise half the rotated numbers apart
 * @param frequencies radians per position, one for each pair
 * @param longFrequencies those for contexts beyond {@code shortContext}; empty when there are no others
 * @param shortContext positions up to which {@code frequencies} hold; 0 when they always do
 * @param magnitude with which the rotated numbers are multiplied
 */
public record Rotary(int dimensions, boolean interleaved, List<Double> frequencies, List<Double> longFrequencies,
        int shortContext, double magnitude) {

    public Rotary {
        frequencies = List.copyOf(frequencies);
        longFrequencies = List.copyOf(longFrequencies);
    }

    /** Plain ones: {@code base^(−2i/d)}. Source: Su et al., RoFormer, 2021. */
    static Rotary of(double base, int dimensions, boolean interleaved) {
        List<Double> frequencies = new ArrayList<>();
        for (int i = 0; i < dimensions / 2; i++) {
            frequencies.add(Math.pow(base, -2.0 * i / dimensions));
        }
        return new Rotary(dimensions, interleaved, frequencies, List.of(), 0, 1);
    }

    /** With every frequency divided by its factor. */
    Rotary divided(List<Double> factors) {
        return new Rotary(dimensions, interleaved, quotients(factors), List.of(), 0, magnitude);
    }

    /** With one set of factors up to {@code shortContext} positions and another beyond. Source: Ding et al., LongRoPE, 2024. */
    Rotary dividedByLength(List<Double> shortFactors, List<Double> longFactors, int shortContext, double newMagnitude) {
        return new Rotary(dimensions, interleaved, quotients(shortFactors), quotients(longFactors), shortContext,
                newMagnitude);
    }

    private List<Double> quotients(List<Double> factors) {
        if (factors.size() != frequencies.size()) {
            throw Architecture.unsupported("it has " + factors.size() + " factors for " + frequencies.size()
                    + " rotary frequencies");
        }
        List<Double> quotients = new ArrayList<>();
        for (int i = 0; i < factors.size(); i++) {
            quotients.add(frequencies.get(i) / factors.get(i));
        }
        return quotients;
    }

    /** Every frequency divided by the factor. Source: Chen et al., Extending Context Window, 2023. */
    Rotary linear(double factor) {
        return divided(frequencies.stream().map(_ -> factor).toList());
    }

    /** Llama 3's: slow pairs are divided by the factor, fast ones stay, between them it blends. */
    Rotary llama3(double factor, double lowFactor, double highFactor, int originalContext) {
        List<Double> factors = new ArrayList<>();
        for (double frequency : frequencies) {
            double turns = originalContext * frequency / (2 * Math.PI);
            double kept = Math.clamp((turns - lowFactor) / (highFactor - lowFactor), 0, 1);
            factors.add(1 / ((1 - kept) / factor + kept));
        }
        return divided(factors);
    }

    /** Source: Peng et al., YaRN, 2023, with its usual constants: 32 turns and more stay, one and fewer are divided. */
    Rotary yarn(double base, double factor, int originalContext, double newMagnitude) {
        double first = Math.max(0, Math.floor(pairThatTurns(32, base, originalContext)));
        double last = Math.min(dimensions - 1.0, Math.ceil(pairThatTurns(1, base, originalContext)));
        List<Double> factors = new ArrayList<>();
        for (int i = 0; i < frequencies.size(); i++) {
            double divided = Math.clamp((i - first) / Math.max(last - first, 0.001), 0, 1);
            factors.add(1 / (divided / factor + 1 - divided));
        }
        Rotary scaled = divided(factors);
        return new Rotary(dimensions, interleaved, scaled.frequencies, List.of(), 0, newMagnitude);
    }

    /** The index, with a fraction, of the pair that makes so many turns over the original context. */
    private double pairThatTurns(double turns, double base, int originalContext) {
        return dimensions * Math.log(originalContext / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
}

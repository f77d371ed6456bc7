package dev.rbees.worker.sampling;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;

/**
 * Chooses the tokens of one answer: bias, presence and frequency penalty, temperature, repetition penalty, top-k, typical-p,
 * top-p, min-p, and a draw, in this order; temperature 0 takes the most likely token. A choice depends only on the logits, the
 * seed, the index and the tokens so far. One thread at a time.
 */
public final class Sampler {

    /** Slack for the rounding of a logarithm, so that no candidate is lost. */
    private static final float ROUNDING = 1e-3f;
    private static final double NEGLIGIBLE = 1e-6;

    private final SamplingParameters parameters;
    private final Seed seed;
    private final Truncation truncation;
    private final Penalties penalties;
    /** Tokens of prompt and answer. */
    private final BitSet seen = new BitSet();
    /** For tokens of the answer, how often they are there. */
    private final Map<Integer, Integer> counts = new HashMap<>();
    private final Candidates candidates;
    private double[] weights = new double[64];

    /**
     * @param parameters with a seed
     * @param vocabulary how many ids there are
     */
    public Sampler(SamplingParameters parameters, int vocabulary) {
        if (parameters.seed() == null) {
            throw new IllegalArgumentException("a sampler needs a seed");
        }
        this.parameters = parameters;
        this.truncation = parameters.truncation();
        this.penalties = parameters.penalties();
        this.seed = parameters.seed();
        this.candidates = new Candidates(vocabulary);
    }

    /** What the draws depend on. */
    public Seed seed() {
        return seed;
    }

    /** Notes the tokens of the prompt, which the repetition penalty counts as well. */
    public void seePrompt(int[] tokens) {
        for (int token : tokens) {
            seen.set(token);
        }
    }

    /** Notes a token of the answer. */
    public void see(int token) {
        seen.set(token);
        counts.merge(token, 1, Integer::sum);
    }

    /**
     * Chooses a token; it is the caller's to {@link #see} it.
     *
     * @param logits the scores of all tokens; changed by this call
     * @param index of the token in the answer
     */
    public int next(float[] logits, int index) {
        parameters.logitBias().forEach((id, bias) -> {
            if (id < logits.length) {
                logits[id] += bias;
            }
        });
        penaliseAnswer(logits);
        boolean greedy = parameters.temperature() == 0;
        if (!greedy) {
            scale(logits, (float) (1 / Math.max(parameters.temperature(), 1e-3)));
        }
        penaliseSeen(logits);
        return greedy ? best(logits) : draw(logits, index);
    }

    private void penaliseAnswer(float[] logits) {
        if (penalties.presence() != 0 || penalties.frequency() != 0) {
            counts.forEach((id, count) -> logits[id] -= (float) (penalties.presence() + count * penalties.frequency()));
        }
    }

    private static void scale(float[] logits, float factor) {
        for (int i = 0; i < logits.length; i++) {
            logits[i] *= factor;
        }
    }

    private void penaliseSeen(float[] logits) {
        float penalty = (float) penalties.repetition();
        if (penalty == 1) {
            return;
        }
        for (int id = seen.nextSetBit(0); id >= 0; id = seen.nextSetBit(id + 1)) {
            logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
        }
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        if (!Float.isFinite(logits[best])) {
            throw new RbeesException(ErrorCode.INFERENCE_FAILED, "the model gave scores that are not finite");
        }
        return best;
    }

    private int draw(float[] logits, int index) {
        float highest = logits[best(logits)];
        double drawn = CounterRandom.number(seed.bits(), index);
        if (truncation.topK() > 0 && truncation.topK() < logits.length) {
            candidates.takeBest(logits, truncation.topK());
            return drawTruncated(drawn, weigh());
        }
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit - highest);
        }
        if (truncation.typicalP() == 1 && truncation.topP() == 1 && truncation.minP() == 0) {
            return drawFromAll(logits, highest, drawn * total);
        }
        candidates.takeAbove(logits, highest + (float) Math.log(leastShare(total / logits.length)) - ROUNDING);
        weigh();
        return drawTruncated(drawn, total);
    }

    /**
     * How likely a token must be, relative to the best one, to have a chance of passing.
     *
     * <p>
     * why: tokens below the share of a vocabulary that together they may miss can never be among top-p's first; those of
     * less than a millionth in all change nothing about what is typical.
     *
     * @param average of all tokens' likelihoods relative to the best one
     */
    private double leastShare(double average) {
        double missed = truncation.typicalP() < 1 ? NEGLIGIBLE : 1 - truncation.topP();
        return Math.max(missed * average, truncation.typicalP() < 1 ? 0 : truncation.minP());
    }

    /** Goes through the vocabulary in the order of its ids until the weights have passed {@code point}. */
    private static int drawFromAll(float[] logits, float highest, double point) {
        double left = point;
        int last = 0;
        for (int id = 0; id < logits.length; id++) {
            double weight = Math.exp(logits[id] - highest);
            left -= weight;
            if (left < 0) {
                return id;
            }
            last = weight > 0 ? id : last;
        }
        return last;
    }

    private int drawTruncated(double drawn, double total) {
        double typical = truncation.typicalP() < 1 ? keepTypical() : total;
        double likely = truncation.topP() < 1 ? keepTopP(typical) : sum();
        return draw(drawn, keepMinP(likely));
    }

    /**
     * Keeps the candidates whose surprise is nearest to the expected one and that together reach typical-p; gives the sum of
     * their weights, made new. Source: Meister et al., Locally Typical Sampling, 2023.
     */
    private double keepTypical() {
        double total = sum();
        double expected = 0;
        for (int i = 0; i < candidates.size(); i++) {
            double share = weights[i] / total;
            expected -= share > 0 ? share * Math.log(share) : 0;
        }
        // why: candidates are sorted by likelihood, so the typical ones are neighbours
        int first = 0;
        while (first + 1 < candidates.size() && surprise(first + 1, total, expected) < surprise(first, total, expected)) {
            first++;
        }
        int end = first + 1;
        double kept = weights[first];
        while (kept < truncation.typicalP() * total && (first > 0 || end < candidates.size())) {
            boolean up = end == candidates.size()
                    || (first > 0 && surprise(first - 1, total, expected) <= surprise(end, total, expected));
            kept += up ? weights[--first] : weights[end++];
        }
        candidates.keep(first, end);
        return weigh();
    }

    /** How far a candidate's surprise is from the expected one. */
    private double surprise(int index, double total, double expected) {
        return Math.abs(-Math.log(weights[index] / total) - expected);
    }

    private double sum() {
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            sum += weights[i];
        }
        return sum;
    }

    private int draw(double drawn, double total) {
        double left = drawn * total;
        for (int i = 0; i < candidates.size(); i++) {
            left -= weights[i];
            if (left < 0) {
                return candidates.id(i);
            }
        }
        return candidates.id(candidates.size() - 1);
    }

    /** Fills the weights, relative to the best candidate's; gives their sum. */
    private double weigh() {
        if (weights.length < candidates.size()) {
            weights = new double[candidates.size() * 2];
        }
        double total = 0;
        for (int i = 0; i < candidates.size(); i++) {
            weights[i] = Math.exp(candidates.score(i) - candidates.score(0));
            total += weights[i];
        }
        return total;
    }

    /** Keeps the most likely candidates that together reach top-p; gives the sum of what is left. */
    private double keepTopP(double total) {
        double wanted = truncation.topP() * total;
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            sum += weights[i];
            if (sum >= wanted) {
                candidates.keep(0, i + 1);
                break;
            }
        }
        return sum;
    }

    /** Keeps the candidates that are at least min-p times as likely as the best; gives the sum of what is left. */
    private double keepMinP(double total) {
        if (truncation.minP() <= 0) {
            return total;
        }
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            // the first weight is 1, so one candidate always stays
            if (weights[i] < truncation.minP()) {
                candidates.keep(0, i);
                break;
            }
            sum += weights[i];
        }
        return sum;
    }
}

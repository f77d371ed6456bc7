package dev.rbees.worker.sampling;

import java.util.BitSet;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.Seed;

/**
 * Chooses the tokens of one answer: temperature, repetition penalty, top-k, top-p, min-p, and a draw, in this order;
 * temperature 0 takes the most likely token. A choice depends only on the logits, the seed, the index and the tokens so
 * far. One thread at a time.
 */
public final class Sampler {

    /** Slack for the rounding of a logarithm, so that no candidate is lost. */
    private static final float ROUNDING = 1e-3f;

    private final SamplingParameters parameters;
    private final Seed seed;
    private final BitSet seen = new BitSet();
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
        this.seed = parameters.seed();
        this.candidates = new Candidates(vocabulary);
    }

    /** What the draws depend on. */
    public Seed seed() {
        return seed;
    }

    /** Notes tokens that were not chosen here, but that the repetition penalty counts: of the prompt, or of a resumed answer. */
    public void see(int... tokens) {
        for (int token : tokens) {
            seen.set(token);
        }
    }

    /**
     * Chooses a token and notes it.
     *
     * @param logits the scores of all tokens; changed by this call
     * @param index of the token in the answer
     */
    public int next(float[] logits, int index) {
        boolean greedy = parameters.temperature() == 0;
        if (!greedy) {
            scale(logits, (float) (1 / Math.max(parameters.temperature(), 1e-3)));
        }
        penalise(logits);
        int token = greedy ? best(logits) : draw(logits, index);
        seen.set(token);
        return token;
    }

    private static void scale(float[] logits, float factor) {
        for (int i = 0; i < logits.length; i++) {
            logits[i] *= factor;
        }
    }

    private void penalise(float[] logits) {
        float penalty = (float) parameters.repetitionPenalty();
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
        boolean truncated = parameters.topP() < 1 || parameters.minP() > 0;
        int topK = parameters.topK();
        if (topK > 0 && topK < logits.length) {
            candidates.takeBest(logits, topK);
            return truncated ? drawTruncated(drawn, weigh()) : draw(drawn, weigh());
        }
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit - highest);
        }
        if (!truncated) {
            return drawFromAll(logits, highest, drawn * total);
        }
        // why: tokens below this share together miss top-p's rest, so they can never be among its first
        double share = Math.max((1 - parameters.topP()) * total / logits.length, parameters.minP());
        candidates.takeAbove(logits, highest + (float) Math.log(share) - ROUNDING);
        weigh();
        return drawTruncated(drawn, total);
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
        double sum = keepTopP(total);
        return draw(drawn, keepMinP(sum));
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
        double wanted = parameters.topP() * total;
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            sum += weights[i];
            if (sum >= wanted) {
                candidates.keep(i + 1);
                break;
            }
        }
        return sum;
    }

    /** Keeps the candidates that are at least min-p times as likely as the best; gives the sum of what is left. */
    private double keepMinP(double total) {
        if (parameters.minP() <= 0) {
            return total;
        }
        double sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            // the first weight is 1, so one candidate always stays
            if (weights[i] < parameters.minP()) {
                candidates.keep(i);
                break;
            }
            sum += weights[i];
        }
        return sum;
    }
}

package dev.rbees.worker.sampling;

/**
 * How likely the model finds each token, from its scores before anything is done to them. Made new for each place in an
 * answer; not for several threads.
 */
public final class Likelihoods {

    /** What is said of a token that cannot come, because JSON has no infinite numbers; OpenAI's interface says it too. */
    static final double LEAST = -9999;

    private final float[] scores;
    private final Candidates best;
    private float highest;
    private double logTotal;

    /** @param vocabulary how many ids there are */
    public Likelihoods(int vocabulary) {
        scores = new float[vocabulary];
        best = new Candidates(vocabulary);
    }

    /** Notes the scores of all tokens and finds the {@code count} best. */
    public void of(float[] logits, int count) {
        System.arraycopy(logits, 0, scores, 0, scores.length);
        highest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            highest = score > highest ? score : highest;
        }
        double total = 0;
        for (float score : scores) {
            total += Math.exp(belowHighest(score));
        }
        logTotal = Math.log(total);
        best.takeBest(scores, count);
    }

    /** why: the difference of two infinite numbers is none; of scores that are infinite, all the highest are as likely. */
    private double belowHighest(float score) {
        if (score >= highest) {
            return 0;
        }
        return Float.isNaN(score) ? Double.NEGATIVE_INFINITY : (double) score - highest;
    }

    /** Natural logarithm of a token's probability, {@value #LEAST} at least. */
    public double logprob(int id) {
        double below = belowHighest(scores[id]);
        return below == Double.NEGATIVE_INFINITY ? LEAST : Math.max(LEAST, below - logTotal);
    }

    /** How many of the best were found. */
    public int size() {
        return best.size();
    }

    /** Id of the best token, the second best, and so on. */
    public int id(int index) {
        return best.id(index);
    }
}

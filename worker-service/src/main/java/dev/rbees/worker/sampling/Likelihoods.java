package dev.rbees.worker.sampling;

/**
 * How likely the model finds each token, from its scores before anything is done to them. Made new for each place in an
 * answer; not for several threads.
 */
public final class Likelihoods {

    private final float[] scores;
    private final Candidates best;
    private double logTotal;

    /** @param vocabulary how many ids there are */
    public Likelihoods(int vocabulary) {
        scores = new float[vocabulary];
        best = new Candidates(vocabulary);
    }

    /** Notes the scores of all tokens and finds the {@code count} best. */
    public void of(float[] logits, int count) {
        System.arraycopy(logits, 0, scores, 0, scores.length);
        float highest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            highest = Math.max(highest, score);
        }
        double total = 0;
        for (float score : scores) {
            total += Math.exp(score - highest);
        }
        logTotal = highest + Math.log(total);
        best.takeBest(scores, count);
    }

    /** Natural logarithm of a token's probability. */
    public double logprob(int id) {
        return scores[id] - logTotal;
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

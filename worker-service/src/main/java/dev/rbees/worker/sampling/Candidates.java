package dev.rbees.worker.sampling;

/**
 * The tokens that are still in the running, with their scores. Sorted by score, and of equals the lower id first, so that
 * the outcome never depends on chance. Reused from token to token; not for several threads.
 */
final class Candidates {

    private final int[] ids;
    private final float[] scores;
    private int size;

    Candidates(int vocabulary) {
        ids = new int[vocabulary];
        scores = new float[vocabulary];
    }

    /** Takes the {@code k} tokens with the highest scores, best first. */
    void takeBest(float[] logits, int k) {
        size = 0;
        int limit = Math.min(k, logits.length);
        float threshold = Float.NEGATIVE_INFINITY;
        for (int id = next(logits, 0, threshold); id >= 0; id = next(logits, id + 1, threshold)) {
            if (size < limit) {
                push(id, logits[id]);
            } else {
                replaceWorst(id, logits[id]);
            }
            if (size == limit) {
                threshold = scores[0];
            }
        }
        sortHeap();
    }

    /** Takes every token whose score is at least {@code least}, best first. */
    void takeAbove(float[] logits, float least) {
        size = 0;
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] >= least) {
                push(id, logits[id]);
            }
        }
        sortHeap();
    }

    /**
     * The next id whose score is above the threshold, −1 when there is none.
     *
     * <p>
     * why: a method of its own because the compiler makes this loop several times faster when it stands alone.
     */
    private static int next(float[] logits, int from, float threshold) {
        for (int id = from; id < logits.length; id++) {
            if (logits[id] > threshold) {
                return id;
            }
        }
        return -1;
    }

    int size() {
        return size;
    }

    int id(int index) {
        return ids[index];
    }

    float score(int index) {
        return scores[index];
    }

    /** Keeps those from index {@code first} to before {@code end}. */
    void keep(int first, int end) {
        size = Math.min(size, end) - first;
        System.arraycopy(ids, first, ids, 0, size);
        System.arraycopy(scores, first, scores, 0, size);
    }

    // A heap whose root is the worst of the candidates.

    private boolean worse(int a, int b) {
        return scores[a] < scores[b] || (scores[a] == scores[b] && ids[a] > ids[b]);
    }

    private void push(int id, float score) {
        int i = size++;
        set(i, id, score);
        while (i > 0 && worse(i, (i - 1) / 2)) {
            swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void replaceWorst(int id, float score) {
        set(0, id, score);
        sink(0, size);
    }

    private void sink(int start, int end) {
        int i = start;
        while (2 * i + 1 < end) {
            int child = 2 * i + 1;
            if (child + 1 < end && worse(child + 1, child)) {
                child++;
            }
            if (!worse(child, i)) {
                return;
            }
            swap(i, child);
            i = child;
        }
    }

    private void sortHeap() {
        for (int end = size - 1; end > 0; end--) {
            swap(0, end);
            sink(0, end);
        }
    }

    private void set(int i, int id, float score) {
        ids[i] = id;
        scores[i] = score;
    }

    private void swap(int a, int b) {
        int id = ids[a];
        float score = scores[a];
        set(a, ids[b], scores[b]);
        set(b, id, score);
    }
}

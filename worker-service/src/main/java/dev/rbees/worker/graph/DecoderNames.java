package dev.rbees.worker.graph;

/**
 * The inputs and outputs of a decoder graph. B is the number of rows of a batch, S of tokens in each, R of wanted logits, M
 * the positions of the KV buffers.
 */
public final class DecoderNames {

    /** int64[B, S]: ids of the vocabulary. */
    public static final String INPUT_IDS = "input_ids";
    /** int32[B]: for each row the total length after this step, minus 1. */
    public static final String LAST_POSITIONS = "last_positions";
    /** int32[1]: the largest total length after this step. */
    public static final String LONGEST = "longest";
    /** int64[R]: which positions' logits are wanted, as b·S + s. */
    public static final String WANTED = "wanted";
    /** float32[R, V]. */
    public static final String LOGITS = "logits";

    private DecoderNames() {}

    /** float32[B, kvHeads, M, headSize]: keys of a layer so far. */
    public static String pastKey(int layer) {
        return "past_key." + layer;
    }

    /** float32[B, kvHeads, M, headSize]: values of a layer so far. */
    public static String pastValue(int layer) {
        return "past_value." + layer;
    }

    /** The same memory as {@link #pastKey}, with the new positions. */
    public static String presentKey(int layer) {
        return "present_key." + layer;
    }

    /** The same memory as {@link #pastValue}, with the new positions. */
    public static String presentValue(int layer) {
        return "present_value." + layer;
    }
}

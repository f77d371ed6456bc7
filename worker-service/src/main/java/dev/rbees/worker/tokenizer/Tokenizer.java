package dev.rbees.worker.tokenizer;

/** Turns texts into the ids of a model's vocabulary and ids back into bytes. Safe for many threads. */
public interface Tokenizer {

    /**
     * The ids of a text.
     *
     * @param parseSpecial whether the names of special tokens in the text, such as {@code <|im_end|>}, become those tokens
     */
    int[] encode(String text, boolean parseSpecial);

    /** The bytes of UTF-8 that a token stands for; none for a special token. The array is shared: do not write to it. */
    byte[] bytes(int id);

    /** How many ids there are. */
    int vocabularySize();

    /** Whether {@link #encode} begins every text with the BOS token. */
    boolean addsBos();

    /** Which kind it is, for {@code /health}: {@code gguf-bpe} and the like. */
    String kind();
}

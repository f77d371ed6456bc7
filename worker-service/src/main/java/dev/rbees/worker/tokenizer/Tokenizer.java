package dev.rbees.worker.tokenizer;

/**
 * Turns texts into the ids of a model's vocabulary and ids back into bytes. Safe for many threads.
 *
 * <p>
 * An answer goes on where its prompt ended, so the blank that a word's first token carries ({@code ▁word}) is part of
 * {@link #bytes}, for the first token of an answer as for any other: dropping it would join words. Who wants the text of
 * ids that are a whole text by themselves drops one leading blank.
 */
public interface Tokenizer {

    /**
     * The ids of a text. One that begins with the BOS token already gets no second one.
     *
     * @param parseSpecial whether the names of special tokens in the text, such as {@code <|im_end|>}, become those tokens
     */
    int[] encode(String text, boolean parseSpecial);

    /**
     * The bytes of UTF-8 that a token stands for, which may be a part of a character; none for a special token, and none
     * for an id that the model has but its tokenizer does not. The array is shared: do not write to it.
     */
    byte[] bytes(int id);

    /** How many ids there are. */
    int vocabularySize();

    /** Whether {@link #encode} begins every text with the BOS token, or with whatever token of that role the model has. */
    boolean addsBos();

    /**
     * Which kind it is, for {@code /health}: {@code gguf-bpe}, {@code gguf-spm}, {@code gguf-unigram},
     * {@code gguf-wordpiece} or {@code hf-json}.
     */
    String kind();
}

package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * How a text is cut into words before byte pairs are merged, by the name that GGUF files have for it. Each pattern cuts the
 * pieces that the one before it left; what a pattern does not match stays a piece of its own.
 *
 * <p>
 * Source: the published pre-tokenizer patterns of these models.
 */
@SuppressWarnings("ImmutableEnumChecker") // why: patterns and unmodifiable lists do not change
enum Pretokenizer {
    /** Contractions, words, numbers, other signs, blanks. */
    GPT2(List.of("gpt-2", "gpt2", "default", "phi-2", "mpt", "olmo", "jais", "jina-es", "jina-de", "jina-v2-es",
            "jina-v2-de", "gigachat", "a.x-4.0", "mellum", "modern-bert", "jina-v1-en", "jina-v2-code", "roberta-bpe",
            "granite-docling"), WordPatterns.GPT2),
    /** Every digit alone, then as GPT-2. */
    SMOLLM(List.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"), WordPatterns.DIGIT,
            WordPatterns.GPT2),
    /** Digits in threes; a word takes the sign before it along. */
    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
            WordPatterns.LLAMA3),
    /** As Llama 3, but whole words are not looked up first. */
    DBRX(List.of("dbrx", "smaug-bpe", "glm4", "chatglm-bpe"), WordPatterns.LLAMA3),
    /** As Llama 3, but every digit alone. */
    QWEN2(List.of("qwen2", "stablelm2", "deepseek-r1-qwen", "hunyuan"), WordPatterns.QWEN2),
    /** As Qwen 2, but marks belong to words. */
    QWEN35(List.of("qwen35"), WordPatterns.QWEN35),
    /** Words also end where small letters are followed by large ones. */
    TEKKEN(List.of("tekken"), WordPatterns.TEKKEN),
    /** As Tekken, with contractions and digits in threes. */
    GPT4O(List.of("gpt-4o", "llama4"), WordPatterns.GPT4O),
    FALCON(List.of("falcon"), WordPatterns.FALCON_SIGNS, WordPatterns.GPT2, WordPatterns.THREE_DIGITS),
    BLOOM(List.of("bloom", "poro-chat", "gpt3-finnish"), WordPatterns.BLOOM),
    VIKING(List.of("viking"), WordPatterns.BLOOM, WordPatterns.DIGIT),
    DEEPSEEK_LLM(List.of("deepseek-llm"), WordPatterns.LINE_BREAK, WordPatterns.DEEPSEEK_LETTERS,
            WordPatterns.DEEPSEEK_SIGNS, "\\s+\\z", WordPatterns.DEEPSEEK_HAN, "\\p{N}+"),
    DEEPSEEK_CODER(List.of("deepseek-coder"), WordPatterns.LINE_BREAK, "\\s?\\p{L}+", "\\s?\\p{P}+",
            WordPatterns.DEEPSEEK_HAN, WordPatterns.DIGIT),
    DEEPSEEK3(List.of("deepseek-v3"), "\\p{N}{1,3}", WordPatterns.DEEPSEEK3_HAN, WordPatterns.DEEPSEEK3),
    /** Byte pairs over the characters themselves, only cut at line breaks. */
    GEMMA4(List.of("gemma4"), "[^\\n]+|[\\n]+");

    private final List<String> names;
    private final List<Splitter> patterns;

    Pretokenizer(List<String> names, String... patterns) {
        this.names = names;
        this.patterns = Arrays.stream(patterns).<Splitter>map(pattern -> PatternSplitter
                .isolating(Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS))).toList();
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when there is none of that name */
    static Pretokenizer of(String name) {
        return Arrays.stream(values()).filter(p -> p.names.contains(name)).findFirst()
                .orElseThrow(() -> ModelFault.of("the model has the pre-tokenizer '" + name
                        + "'; this version of rbees supports those of " + Arrays.stream(values())
                                .map(p -> p.names.getFirst()).collect(Collectors.joining(", "))));
    }

    /** Words, in the byte alphabet where the vocabulary is. */
    Splitter splitter() {
        return Splitter.sequence(byteLevel()
                ? Stream.concat(patterns.stream(), Stream.of(Splitter.byteLevel())).toList()
                : patterns);
    }

    boolean byteLevel() {
        return this != GEMMA4;
    }

    /** Whether a word that is a token becomes that token, whatever the merges say. */
    boolean wholeWords() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Whether texts begin with BOS where the file does not say. */
    boolean addsBos() {
        return this == LLAMA3 || this == TEKKEN;
    }
}

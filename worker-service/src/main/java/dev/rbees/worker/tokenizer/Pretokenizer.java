package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * How a text is cut into words before byte pairs are merged. Each pattern cuts the pieces that the one before it left;
 * what a pattern does not match stays a piece of its own.
 *
 * <p>
 * Source: the published pre-tokenizer patterns of these models.
 */
@SuppressWarnings("ImmutableEnumChecker") // why: patterns and unmodifiable lists do not change
public enum Pretokenizer {
    /** GPT-2: contractions, words, numbers, other signs, blanks. */
    GPT2(List.of("gpt-2", "gpt2", "default"), Words.GPT2),
    /** SmolLM: every digit alone, then as GPT-2. */
    SMOLLM(List.of("smollm"), "\\p{N}", Words.GPT2);

    private static final class Words {
        private static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+"
                + "| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+";
    }

    private final List<String> names;
    private final List<Pattern> patterns;

    Pretokenizer(List<String> names, String... patterns) {
        this.names = names;
        this.patterns = Arrays.stream(patterns).map(Pattern::compile).toList();
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when there is none of that name */
    static Pretokenizer of(String name) {
        return Arrays.stream(values()).filter(p -> p.names.contains(name)).findFirst()
                .orElseThrow(() -> new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model has the pre-tokenizer '" + name
                        + "'; this version of rbees supports " + Arrays.stream(values())
                                .flatMap(p -> p.names.stream()).collect(Collectors.joining(", "))));
    }

    /** Hands the words to {@code word} in order; together they are the text. */
    void split(String text, Consumer<CharSequence> word) {
        split(text, 0, word);
    }

    private void split(CharSequence text, int pattern, Consumer<CharSequence> word) {
        if (pattern == patterns.size()) {
            word.accept(text);
            return;
        }
        Matcher matcher = patterns.get(pattern).matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                split(text.subSequence(end, matcher.start()), pattern + 1, word);
            }
            split(text.subSequence(matcher.start(), matcher.end()), pattern + 1, word);
            end = matcher.end();
        }
        if (end < text.length()) {
            split(text.subSequence(end, text.length()), pattern + 1, word);
        }
    }
}

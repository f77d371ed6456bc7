package dev.rbees.worker.model;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;

/**
 * The tokens that begin and end texts.
 *
 * @param bosToken text of the token that begins one, if there is one
 * @param eosToken text of the token that ends one, if there is one
 * @param endIds every id that ends an answer
 */
public record EndTokens(@Nullable String bosToken, @Nullable String eosToken, List<Integer> endIds) {

    /** So many ids a model may name. */
    public static final int MOST = 256;

    private static final Logger LOG = LoggerFactory.getLogger(EndTokens.class);

    /** Names under which models have end tokens that their metadata do not always mention. */
    private static final Set<String> WELL_KNOWN = Set.of("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>",
            "<|end|>",
            "<end_of_turn>");
    /** What converters write for none: −1, as it is or without a sign. */
    private static final Set<Long> NONE = Set.of(-1L, 0xFFFF_FFFFL);

    /** @throws RbeesException MODEL_LOAD_FAILED when the only end tokens that it names are not in the vocabulary */
    public static EndTokens of(Metadata metadata, List<String> tokens) {
        List<Long> named = Stream.of("eos", "eot", "eom").map(name -> metadata.integer(key(name))).flatMap(Optional::stream)
                .toList();
        List<Integer> ends = ids(named, wellKnown(tokens), tokens.size());
        return new EndTokens(text(metadata, "bos", tokens), text(metadata, "eos", tokens), ends);
    }

    /** The ids of tokens that end an answer by their name. */
    public static Set<Integer> wellKnown(List<String> tokens) {
        return IntStream.range(0, tokens.size()).filter(id -> WELL_KNOWN.contains(tokens.get(id))).boxed()
                .collect(Collectors.toSet());
    }

    /**
     * All ids that end an answer, in order. One that is not in the vocabulary can never come, and is passed over with a warning.
     *
     * @param named by the model; −1 for none
     * @param known that end an answer in any case
     * @param vocabulary how many ids there are
     * @throws RbeesException MODEL_LOAD_FAILED when none is left of those that are named: answers would never end by themselves
     */
    public static List<Integer> ids(Collection<Long> named, Collection<Integer> known, int vocabulary) {
        TreeSet<Integer> ends = new TreeSet<>(known);
        TreeSet<Long> outside = new TreeSet<>();
        for (long id : named) {
            if (isInside(id, vocabulary)) {
                ends.add((int) id);
            } else if (!NONE.contains(id)) {
                outside.add(id);
            }
        }
        if (!outside.isEmpty() && ends.isEmpty()) {
            throw ModelFault.of("the model's end token " + outside.first() + " is not in its vocabulary of " + vocabulary
                    + " tokens, so that no answer would ever end; download or convert the model again");
        }
        outside.forEach(
                id -> LOG.warn("the model's end token {} is not in its vocabulary of {} tokens and is passed over", id,
                        vocabulary));
        return List.copyOf(ends);
    }

    /**
     * The id that the metadata name for a role such as {@code bos}; one that is not in the vocabulary is passed over with a warning.
     *
     * @return empty when it names none that exists
     */
    public static Optional<Integer> special(Metadata metadata, String role, int vocabulary) {
        Optional<Long> named = metadata.integer(key(role)).filter(id -> !NONE.contains(id));
        named.filter(id -> !isInside(id, vocabulary))
                .ifPresent(id -> LOG.warn("the model's {} token {} is not in its vocabulary of {} tokens and is passed over",
                        role,
                        id, vocabulary));
        return named.filter(id -> isInside(id, vocabulary)).map(Long::intValue);
    }

    /** Whether the metadata say anything of the role, be it none. */
    public static boolean names(Metadata metadata, String role) {
        return metadata.integer(key(role)).isPresent();
    }

    private static @Nullable String text(Metadata metadata, String role, List<String> tokens) {
        return special(metadata, role, tokens.size()).map(tokens::get).orElse(null);
    }

    private static String key(String role) {
        return "tokenizer.ggml." + role + "_token_id";
    }

    private static boolean isInside(long id, int vocabulary) {
        return id >= 0 && id < vocabulary;
    }
}

package dev.rbees.worker.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The tokens that begin and end texts.
 *
 * @param bosToken text of the token that begins one, if there is one
 * @param eosToken text of the token that ends one, if there is one
 * @param endIds every id that ends an answer
 */
public record EndTokens(@Nullable String bosToken, @Nullable String eosToken, List<Integer> endIds) {

    /** Names under which models have end tokens that their metadata do not always mention. */
    private static final Set<String> WELL_KNOWN = Set.of("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>",
            "<|end|>",
            "<end_of_turn>");

    public static EndTokens of(Metadata metadata, List<String> tokens) {
        TreeSet<Integer> ends = new TreeSet<>();
        Stream.of("eos", "eot", "eom").map(name -> id(metadata, name, tokens)).flatMap(Optional::stream).forEach(ends::add);
        ends.addAll(wellKnown(tokens));
        return new EndTokens(id(metadata, "bos", tokens).map(tokens::get).orElse(null),
                id(metadata, "eos", tokens).map(tokens::get).orElse(null), List.copyOf(ends));
    }

    /** The ids of tokens that end an answer by their name. */
    public static Set<Integer> wellKnown(List<String> tokens) {
        return IntStream.range(0, tokens.size()).filter(id -> WELL_KNOWN.contains(tokens.get(id))).boxed()
                .collect(Collectors.toSet());
    }

    private static Optional<Integer> id(Metadata metadata, String name, List<String> tokens) {
        return metadata.integer("tokenizer.ggml." + name + "_token_id")
                .filter(id -> id >= 0 && id < tokens.size()).map(Long::intValue);
    }
}

package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Finds the names of special and added tokens in a text: the leftmost first, of several there the longest. */
final class SpecialTokens {

    private record Named(String name, int id) {}

    private final Map<Character, List<Named>> byFirstLetter = new HashMap<>();

    void add(String name, int id) {
        if (!name.isEmpty()) {
            List<Named> group = byFirstLetter.computeIfAbsent(name.charAt(0), _ -> new ArrayList<>());
            group.add(new Named(name, id));
            group.sort(Comparator.comparingInt((Named named) -> named.name().length()).reversed());
        }
    }

    /** Hands the stretches between special tokens to {@code text} and the tokens to {@code special}, in order. */
    void split(String text, Consumer<String> plain, IntConsumer special) {
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            Named found = at(text, i);
            if (found == null) {
                i++;
                continue;
            }
            if (i > start) {
                plain.accept(text.substring(start, i));
            }
            special.accept(found.id());
            i += found.name().length();
            start = i;
        }
        if (start < text.length()) {
            plain.accept(text.substring(start));
        }
    }

    private @org.jspecify.annotations.Nullable Named at(String text, int position) {
        List<Named> group = byFirstLetter.get(text.charAt(position));
        if (group == null) {
            return null;
        }
        for (Named named : group) {
            if (text.startsWith(named.name(), position)) {
                return named;
            }
        }
        return null;
    }
}

package dev.rbees.worker.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that can follow at each position of one grammar, for one vocabulary. Known answers are kept, within bounds, and
 * shared by all answers that keep to the grammar. Safe for many threads: one lock guards all of it.
 *
 * <p>
 * A token is looked at in two parts: what it does inside the innermost open rule, which does not depend on what is around the
 * rule and is kept for all places where the rule is open; and, from the bytes at which the rule can end, what it does behind
 * it. So the inside of a text, where nearly every token can follow, is walked through once and not once per place.
 */
final class Masks {

    private final TokenTrie trie;
    private final int words;
    private final int limit;
    private final int mostStates;
    private final Map<Position, State> states = new HashMap<>();
    @GuardedBy("this")
    private final BoundedCache<Position, TokenSet> known;
    private final BoundedCache<Position, Inside> insides;
    private final State[] path;

    Masks(Grammar grammar, TokenTrie trie) {
        this(grammar, trie, GrammarLimits.STATES, GrammarLimits.MASK_BYTES);
    }

    /**
     * @param mostStates how many states are kept
     * @param maskBytes how many bytes of masks are kept, at least some masks
     */
    Masks(Grammar grammar, TokenTrie trie, int mostStates, int maskBytes) {
        this.trie = trie;
        this.mostStates = mostStates;
        // why: no token counts more, and whether a way can be completed depends on no larger count; so larger ones are alike
        this.limit = trie.longest() + grammar.farthest();
        this.words = (trie.vocabulary() + 63) >> 6;
        int masks = Math.max(4, maskBytes / 2 / (words * Long.BYTES + 1));
        this.known = new BoundedCache<>(masks);
        this.insides = new BoundedCache<>(masks);
        this.path = new State[trie.longest() + 1];
    }

    /** The tokens of which every byte can follow. */
    synchronized TokenSet following(Position exact) {
        Position position = exact.clamped(limit);
        TokenSet set = known.get(position);
        if (set == null) {
            set = TokenSet.of(compute(position));
            known.put(position, set);
            forgetTooMany();
        }
        return set;
    }

    /** why: rare, and cheaper than to note with every step which states were used last. */
    private void forgetTooMany() {
        if (states.size() >= mostStates) {
            states.clear();
            Arrays.fill(path, null);
        }
    }

    private long[] compute(Position position) {
        long[] bits = new long[words];
        for (Map.Entry<RuleFrame, Set<Config>> group : byFrame(position).entrySet()) {
            RuleFrame frame = group.getKey();
            Inside inside = inside(rebased(group.getValue(), frame));
            for (int i = 0; i < words; i++) {
                bits[i] |= inside.bits()[i];
            }
            if (frame.parent() != null && inside.exits().length > 0) {
                State behind = intern(Position.behind(frame));
                for (int exit : inside.exits()) {
                    walk(exit, behind, bits, null);
                }
            }
        }
        return bits;
    }

    private static Map<RuleFrame, Set<Config>> byFrame(Position position) {
        Map<RuleFrame, Set<Config>> groups = new LinkedHashMap<>();
        for (Config config : position.configs()) {
            groups.computeIfAbsent(config.frame(), _ -> new LinkedHashSet<>()).add(config);
        }
        return groups;
    }

    /** The same ways without the rules around them. */
    private static Position rebased(Set<Config> configs, RuleFrame frame) {
        // why: where no further rule can be opened, the depth makes no difference and all depths share one answer
        boolean opens = configs.stream().anyMatch(config -> config.node().opens());
        RuleFrame bottom = RuleFrame.bottom(opens ? frame.depth() : 0);
        Set<Config> rebased = LinkedHashSet.newLinkedHashSet(configs.size());
        for (Config config : configs) {
            rebased.add(new Config(config.node(), bottom, config.need(), config.room()));
        }
        return new Position(rebased, false);
    }

    private Inside inside(Position position) {
        Inside inside = insides.get(position);
        if (inside == null) {
            long[] bits = new long[words];
            Exits exits = new Exits();
            walk(0, intern(position), bits, exits);
            inside = new Inside(bits, exits.nodes());
            insides.put(position, inside);
        }
        return inside;
    }

    /** Marks the tokens below a node of the trie, whose bytes behind that node can follow. */
    private void walk(int from, State start, long[] bits, @Nullable Exits exits) {
        int base = trie.depth(from);
        path[base] = start;
        int node = from + 1;
        int end = trie.behind(from);
        while (node < end) {
            int depth = trie.depth(node);
            State next = next(path[depth - 1], trie.label(node));
            if (next.position().dead()) {
                node = trie.behind(node);
                continue;
            }
            trie.mark(node, bits);
            if (exits != null && next.position().complete()) {
                exits.add(node);
            }
            if (next.position().configs().isEmpty()) {
                node = trie.behind(node);
            } else {
                path[depth] = next;
                node++;
            }
        }
    }

    private State next(State state, int octet) {
        State next = state.next(octet);
        if (next == null) {
            next = intern(state.position().after(octet));
            // why: what is known of a state must not keep others alive beyond the bound
            if (states.size() < mostStates) {
                state.learn(octet, next);
            }
        }
        return next;
    }

    private State intern(Position exact) {
        Position position = exact.clamped(limit);
        State known = states.get(position);
        if (known == null) {
            known = new State(position);
            if (states.size() < mostStates) {
                states.put(position, known);
            }
        }
        return known;
    }

    /**
     * What tokens do inside a rule.
     *
     * @param bits the tokens that can follow, as far as the rule reaches
     * @param exits the nodes of the trie at which the rule can end
     */
    @SuppressWarnings("ArrayRecordComponent") // why: one bit per token of the vocabulary; never compared
    private record Inside(long[] bits, int[] exits) {}

    private static final class Exits {

        private int[] nodes = new int[16];
        private int size;

        void add(int node) {
            if (size == nodes.length) {
                nodes = Arrays.copyOf(nodes, size * 2);
            }
            nodes[size++] = node;
        }

        int[] nodes() {
            return Arrays.copyOf(nodes, size);
        }
    }
}

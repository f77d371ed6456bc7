package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over characters. State 0 is the first. Moves of a state are in the order of their characters and do
 * not overlap; where there is none, the text is not accepted.
 *
 * @param moves for each state
 * @param accepting for each state
 */
record TextAutomaton(List<List<Move>> moves, List<Boolean> accepting) {

    /** Both ends included. */
    record Move(int from, int to, int target) {}

    private record Pair(int first, int second) {}

    int size() {
        return moves.size();
    }

    /** Accepts texts of at least so many characters. */
    static TextAutomaton atLeast(int least) {
        List<List<Move>> moves = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        for (int state = 0; state <= least; state++) {
            int target = Math.min(state + 1, least);
            moves.add(CodePoints.ALL.ranges().stream().map(range -> new Move(range.from(), range.to(), target)).toList());
            accepting.add(state == least);
        }
        return new TextAutomaton(moves, accepting);
    }

    /** Accepts every text but these. */
    static TextAutomaton allBut(List<String> excluded) {
        List<Map<Integer, Integer>> children = new ArrayList<>(List.of(new HashMap<>()));
        List<Boolean> accepting = new ArrayList<>(List.of(true));
        for (String text : excluded) {
            int state = 0;
            for (int c : text.codePoints().toArray()) {
                Integer child = children.get(state).get(c);
                if (child == null) {
                    child = children.size();
                    children.add(new HashMap<>());
                    accepting.add(true);
                    children.get(state).put(c, child);
                }
                state = child;
            }
            accepting.set(state, false);
        }
        int other = children.size();
        List<List<Move>> moves = new ArrayList<>();
        for (Map<Integer, Integer> named : children) {
            moves.add(named(named, other));
        }
        moves.add(named(Map.of(), other));
        accepting.add(true);
        return new TextAutomaton(moves, accepting);
    }

    private static List<Move> named(Map<Integer, Integer> children, int other) {
        CodePoints named = CodePoints.NONE;
        List<Move> moves = new ArrayList<>();
        for (Map.Entry<Integer, Integer> child : children.entrySet()) {
            named = named.with(CodePoints.of(child.getKey()));
            moves.add(new Move(child.getKey(), child.getKey(), child.getValue()));
        }
        for (CodePoints.Range range : named.complement().ranges()) {
            moves.add(new Move(range.from(), range.to(), other));
        }
        return moves;
    }

    /** Accepts what both accept. */
    TextAutomaton and(TextAutomaton other, Budget budget) {
        Map<Pair, Integer> numbers = new HashMap<>();
        List<Pair> pairs = new ArrayList<>(List.of(new Pair(0, 0)));
        numbers.put(pairs.getFirst(), 0);
        List<List<Move>> both = new ArrayList<>();
        List<Boolean> accepted = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            List<Move> joined = new ArrayList<>();
            for (Move a : moves.get(pair.first())) {
                for (Move b : other.moves.get(pair.second())) {
                    budget.step();
                    if (Math.max(a.from(), b.from()) <= Math.min(a.to(), b.to())) {
                        Pair target = new Pair(a.target(), b.target());
                        Integer number = numbers.putIfAbsent(target, pairs.size());
                        if (number == null) {
                            number = pairs.size();
                            pairs.add(target);
                        }
                        joined.add(new Move(Math.max(a.from(), b.from()), Math.min(a.to(), b.to()), number));
                    }
                }
            }
            checkSize(pairs.size());
            both.add(joined);
            accepted.add(accepting.get(pair.first()) && other.accepting.get(pair.second()));
        }
        return new TextAutomaton(both, accepted);
    }

    static void checkSize(int states) {
        if (states > GrammarLimits.PATTERN_STATES) {
            throw SchemaProblem.tooLarge("has a pattern that needs more than " + GrammarLimits.PATTERN_STATES
                    + " states; write it simpler, with smaller repetitions");
        }
    }
}

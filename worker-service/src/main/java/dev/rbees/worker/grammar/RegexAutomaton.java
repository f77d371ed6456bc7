package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Makes the deterministic automaton of a regular expression: Thompson's construction, then the subset construction. Both
 * are bounded in states and time.
 */
final class RegexAutomaton {

    private static final int ACCEPT = 0;

    private final Budget budget;
    /** For each state, where it passes to without a character. */
    private final List<List<Integer>> empty = new ArrayList<>();
    /** For each state, the characters with which it passes to its target; none for a state that only forks. */
    private final List<CodePoints> sets = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();

    private RegexAutomaton(Budget budget) {
        this.budget = budget;
        state(CodePoints.NONE, ACCEPT);
    }

    static TextAutomaton of(Regex regex, Budget budget) {
        RegexAutomaton automaton = new RegexAutomaton(budget);
        return automaton.determinise(automaton.build(regex, ACCEPT));
    }

    private int state(CodePoints set, int target) {
        budget.step();
        empty.add(new ArrayList<>(2));
        sets.add(set);
        targets.add(target);
        TextAutomaton.checkSize(empty.size());
        return empty.size() - 1;
    }

    /** The state from which the expression leads to {@code next}. */
    private int build(Regex regex, int next) {
        return switch (regex) {
            case Regex.Chars chars -> state(chars.set(), next);
            case Regex.Sequence sequence -> {
                int state = next;
                for (Regex part : sequence.parts().reversed()) {
                    state = build(part, state);
                }
                yield state;
            }
            case Regex.Choice choice -> {
                int state = state(CodePoints.NONE, ACCEPT);
                for (Regex branch : choice.branches()) {
                    empty.get(state).add(build(branch, next));
                }
                yield state;
            }
            case Regex.Repeat repeat -> repeat(repeat, next);
        };
    }

    private int repeat(Regex.Repeat repeat, int next) {
        int state = next;
        if (repeat.most() == Regex.Repeat.NO_LIMIT) {
            state = state(CodePoints.NONE, ACCEPT);
            empty.get(state).add(next);
            empty.get(state).add(build(repeat.body(), state));
        } else {
            for (int i = repeat.least(); i < repeat.most(); i++) {
                int optional = state(CodePoints.NONE, ACCEPT);
                empty.get(optional).add(next);
                empty.get(optional).add(build(repeat.body(), state));
                state = optional;
            }
        }
        for (int i = 0; i < repeat.least(); i++) {
            int before = build(repeat.body(), state);
            if (before == state) {
                // why: a body without characters makes no states, and would be repeated for nothing
                break;
            }
            state = before;
        }
        return state;
    }

    private TextAutomaton determinise(int start) {
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<BitSet> subsets = new ArrayList<>();
        List<List<TextAutomaton.Move>> moves = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        BitSet first = new BitSet();
        close(start, first);
        subsets.add(first);
        numbers.put(first, 0);
        for (int i = 0; i < subsets.size(); i++) {
            BitSet subset = subsets.get(i);
            List<TextAutomaton.Move> own = new ArrayList<>();
            List<Integer> borders = borders(subset);
            for (int b = 0; b + 1 < borders.size(); b++) {
                BitSet target = target(subset, borders.get(b));
                if (!target.isEmpty()) {
                    Integer number = numbers.putIfAbsent(target, subsets.size());
                    if (number == null) {
                        number = subsets.size();
                        subsets.add(target);
                    }
                    append(own, new TextAutomaton.Move(borders.get(b), borders.get(b + 1) - 1, number));
                }
            }
            TextAutomaton.checkSize(subsets.size());
            moves.add(own);
            accepting.add(subset.get(ACCEPT));
        }
        return new TextAutomaton(moves, accepting);
    }

    private static void append(List<TextAutomaton.Move> moves, TextAutomaton.Move move) {
        TextAutomaton.Move last = moves.isEmpty() ? null : moves.getLast();
        if (last != null && last.target() == move.target() && last.to() + 1 == move.from()) {
            moves.set(moves.size() - 1, new TextAutomaton.Move(last.from(), move.to(), move.target()));
        } else {
            moves.add(move);
        }
    }

    /** Where the characters begin to lead elsewhere. */
    private List<Integer> borders(BitSet subset) {
        TreeSet<Integer> borders = new TreeSet<>();
        for (int state = subset.nextSetBit(0); state >= 0; state = subset.nextSetBit(state + 1)) {
            for (CodePoints.Range range : sets.get(state).ranges()) {
                budget.step();
                borders.add(range.from());
                borders.add(range.to() + 1);
            }
        }
        return List.copyOf(borders);
    }

    private BitSet target(BitSet subset, int character) {
        BitSet target = new BitSet();
        for (int state = subset.nextSetBit(0); state >= 0; state = subset.nextSetBit(state + 1)) {
            budget.step();
            if (sets.get(state).contains(character)) {
                close(targets.get(state), target);
            }
        }
        return target;
    }

    private void close(int start, BitSet closed) {
        List<Integer> open = new ArrayList<>(List.of(start));
        while (!open.isEmpty()) {
            int state = open.removeLast();
            budget.step();
            if (!closed.get(state)) {
                closed.set(state);
                open.addAll(empty.get(state));
            }
        }
    }
}

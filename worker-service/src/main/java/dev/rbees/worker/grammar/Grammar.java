package dev.rbees.worker.grammar;

import java.util.List;

/** A compiled schema: an automaton over the bytes of compact JSON. Safe for many threads. */
final class Grammar {

    private final Position start;
    private final int nodes;
    private final int farthest;

    private Grammar(Position start, List<Node> nodes) {
        this.start = start;
        this.nodes = nodes.size();
        this.farthest = nodes.stream().mapToInt(Node::distance).filter(distance -> distance < Node.NEVER).max().orElse(0);
    }

    /**
     * Makes a grammar of a graph.
     *
     * @param nodes all nodes, those nearer to the end first
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when nothing is ever complete
     */
    static Grammar of(Rule root, List<Node> nodes, Budget budget) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Node node : nodes) {
                budget.step();
                changed |= node.settle();
            }
        }
        Position start = Position.start(root);
        if (start.dead()) {
            throw SchemaProblem.impossible("", "it contradicts itself, needs more than " + GrammarLimits.DEPTH
                    + " levels of nesting, or refers to itself without a way to end");
        }
        return new Grammar(start, nodes);
    }

    /** Before the first byte. */
    Position start() {
        return start;
    }

    /** The most that must still be counted anywhere to reach the end of a rule. */
    int farthest() {
        return farthest;
    }

    /** How many nodes the automaton has. */
    int size() {
        return nodes;
    }
}

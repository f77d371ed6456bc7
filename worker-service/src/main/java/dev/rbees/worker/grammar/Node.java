package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * A position of the automaton over bytes. Nodes form the graph of a {@link Rule}; only {@link Bytes} consume input, the others
 * are passed through at once.
 */
abstract sealed class Node {

    /** More than any answer has. */
    static final int NEVER = Integer.MAX_VALUE / 2;

    /** The fewest rules that must still be opened inside one another to reach the rule's end from here. */
    private int height = NEVER;
    /** The fewest counts that must still be passed to reach the rule's end from here. */
    private int distance = NEVER;
    /** Whether a rule can be opened between here and the rule's end. */
    private boolean opens;

    final int height() {
        return height;
    }

    final int distance() {
        return distance;
    }

    final boolean opens() {
        return opens;
    }

    /** Takes over what the nodes behind this one say; tells whether that changed anything. Repeated until nothing changes. */
    abstract boolean settle();

    final boolean learn(int newHeight, int newDistance, boolean newOpens) {
        boolean changed = newHeight < height || newDistance < distance || (newOpens && !opens);
        height = Math.min(height, newHeight);
        distance = Math.min(distance, newDistance);
        opens |= newOpens;
        return changed;
    }

    /** Passes with one of several ranges of bytes. */
    static final class Bytes extends Node {

        private final List<Edge> edges = new ArrayList<>(1);

        Bytes on(int from, int to, Node next) {
            edges.add(new Edge(from, to, next));
            return this;
        }

        Bytes on(int single, Node next) {
            return on(single, single, next);
        }

        List<Edge> edges() {
            return edges;
        }

        @Override
        boolean settle() {
            boolean changed = false;
            for (Edge edge : edges) {
                changed |= learn(edge.next.height(), edge.next.distance(), edge.next.opens());
            }
            return changed;
        }
    }

    /** From the lowest to the highest byte, each 0 to 255. */
    record Edge(int from, int to, Node next) {}

    /** Passes to any of several nodes; without one, it is a dead end. */
    static final class Fork extends Node {

        private final List<Node> nexts = new ArrayList<>(2);

        Fork to(Node next) {
            nexts.add(next);
            return this;
        }

        List<Node> nexts() {
            return nexts;
        }

        @Override
        boolean settle() {
            boolean changed = false;
            for (Node next : nexts) {
                changed |= learn(next.height(), next.distance(), next.opens());
            }
            return changed;
        }
    }

    /** Opens a rule and goes on behind it. */
    static final class Call extends Node {

        private final Rule rule;
        private final Node next;

        Call(Rule rule, Node next) {
            this.rule = rule;
            this.next = next;
        }

        Rule rule() {
            return rule;
        }

        Node next() {
            return next;
        }

        @Override
        boolean settle() {
            return learn(Math.max(rule.start().height() + 1, next.height()), next.distance(), true);
        }
    }

    /** Counts one character of a text or one item of an array; passes only while there is room. */
    static final class Count extends Node {

        private final Node next;

        Count(Node next) {
            this.next = next;
        }

        Node next() {
            return next;
        }

        @Override
        boolean settle() {
            return learn(next.height(), next.distance() + 1, next.opens());
        }
    }

    /** Passes only when the least count is reached. */
    static final class Enough extends Node {

        private final Node next;

        Enough(Node next) {
            this.next = next;
        }

        Node next() {
            return next;
        }

        @Override
        boolean settle() {
            return learn(next.height(), next.distance(), next.opens());
        }
    }

    /** The end of a rule. */
    static final class End extends Node {

        @Override
        boolean settle() {
            return learn(0, 0, false);
        }
    }
}

package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.List;

/** Makes the nodes of one automaton, from the end to the beginning. */
final class Graph {

    private final Budget budget;
    private final List<Node> nodes = new ArrayList<>();

    Graph(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** A node without edges. */
    Node.Bytes bytes() {
        return add(new Node.Bytes());
    }

    /** A node that passes with one byte. */
    Node one(int octet, Node next) {
        return bytes().on(octet, next);
    }

    /** A chain that passes with these bytes. */
    Node literal(byte[] octets, Node next) {
        Node node = next;
        for (int i = octets.length - 1; i >= 0; i--) {
            node = one(octets[i] & 0xFF, node);
        }
        return node;
    }

    /** A node that passes to any of these. */
    Node.Fork fork(Node... nexts) {
        Node.Fork fork = add(new Node.Fork());
        for (Node next : nexts) {
            fork.to(next);
        }
        return fork;
    }

    Node never() {
        return fork();
    }

    Node call(Rule rule, Node next) {
        return add(new Node.Call(rule, next));
    }

    Node count(Node next) {
        return add(new Node.Count(next));
    }

    Node enough(Node next) {
        return add(new Node.Enough(next));
    }

    Node end() {
        return add(new Node.End());
    }

    Grammar finish(Rule root) {
        return Grammar.of(root, nodes, budget);
    }

    private <T extends Node> T add(T node) {
        budget.node();
        nodes.add(node);
        return node;
    }
}

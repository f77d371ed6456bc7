package dev.rbees.worker.grammar;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Integers from a lowest to a highest one, digit by digit, that are multiples of a step. */
final class DigitRange {

    private final Graph graph;
    private final int step;
    private final Node next;
    private final Map<Key, Node> known = new HashMap<>();
    /** Keys from which no multiple can be reached. */
    private final Node never;

    /**
     * @param low whether the digits so far are those of the lowest number
     * @param high whether they are those of the highest
     * @param length of the whole number while one of these holds, else 0: the numbers share what follows
     */
    private record Key(int left, boolean low, boolean high, int remainder, int length) {}

    DigitRange(Graph graph, int step, Node next) {
        this.graph = graph;
        this.step = step;
        this.next = next;
        this.never = graph.never();
    }

    /** @param lowest not negative */
    Node between(BigInteger lowest, BigInteger highest) {
        Node.Fork all = graph.fork();
        for (int length = lowest.toString().length(); length <= highest.toString().length(); length++) {
            BigInteger least = length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
            String low = lowest.max(least).toString();
            String high = highest.min(BigInteger.TEN.pow(length).subtract(BigInteger.ONE)).toString();
            Node first = node(low, high, new Key(length, true, true, 0, length));
            if (first != never) {
                all.to(first);
            }
        }
        return all;
    }

    private Node node(String low, String high, Key key) {
        if (key.left() == 0) {
            return key.remainder() == 0 ? next : never;
        }
        Key shared = key.low() || key.high() ? key : new Key(key.left(), false, false, key.remainder(), 0);
        Node node = known.get(shared);
        if (node == null) {
            node = make(low, high, key);
            known.put(shared, node);
        }
        return node;
    }

    private Node make(String low, String high, Key key) {
        int at = key.length() - key.left();
        int from = key.low() ? low.charAt(at) - '0' : 0;
        int to = key.high() ? high.charAt(at) - '0' : 9;
        Node.@Nullable Bytes node = null;
        for (int digit = from; digit <= to; digit++) {
            Node target = node(low, high, new Key(key.left() - 1, key.low() && digit == from, key.high() && digit == to,
                    (key.remainder() * 10 + digit) % step, key.length()));
            if (target != never) {
                node = node == null ? graph.bytes() : node;
                node.on('0' + digit, target);
            }
        }
        return node == null ? never : node;
    }
}

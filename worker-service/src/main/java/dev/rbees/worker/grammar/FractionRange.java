package dev.rbees.worker.grammar;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/** What follows the whole part of a number: nothing, or a point and digits, between two bounds of the same whole part. */
final class FractionRange {

    private final Graph graph;
    private final Node next;
    /** The digits from each index of a number that is off both bounds. */
    private final @Nullable Node[] free = new Node[GrammarLimits.DIGITS + 1];

    FractionRange(Graph graph, Node next) {
        this.graph = graph;
        this.next = next;
    }

    /** Each bound is null where the whole part has already decided about it. */
    Node between(DecimalRange.@Nullable Bound least, DecimalRange.@Nullable Bound most) {
        Digits low = least == null ? null : Digits.of(least);
        Digits high = most == null ? null : Digits.of(most);
        Node.Fork all = graph.fork();
        if (mayEnd(low, high, 0)) {
            all.to(next);
        }
        all.to(graph.one('.', digits(low, high, 0)));
        return all;
    }

    /** The digits from an index; {@code low} and {@code high} are null once the number is off that bound. */
    private Node digits(@Nullable Digits low, @Nullable Digits high, int at) {
        Node.Bytes node = graph.bytes();
        if (at == GrammarLimits.DIGITS) {
            return node;
        }
        int from = low == null ? 0 : low.at(at);
        int to = high == null ? 9 : high.at(at);
        for (int digit = from; digit <= to; digit++) {
            int first = digit;
            Digits lowAfter = digit == from ? low : null;
            Digits highAfter = digit == to ? high : null;
            if (lowAfter == null && highAfter == null) {
                // why: all digits between the bounds lead to the same place
                digit = high == null ? to : to - 1;
            }
            node.on('0' + first, '0' + digit, behind(lowAfter, highAfter, at + 1));
        }
        return node;
    }

    private Node behind(@Nullable Digits low, @Nullable Digits high, int at) {
        Node known = low == null && high == null ? free[at] : null;
        if (known != null) {
            return known;
        }
        Node.Fork fork = graph.fork();
        if (mayEnd(low, high, at)) {
            fork.to(next);
        }
        fork.to(digits(low, high, at));
        if (low == null && high == null) {
            free[at] = fork;
        }
        return fork;
    }

    private static boolean mayEnd(@Nullable Digits low, @Nullable Digits high, int at) {
        return (low == null || low.reachedBy(at)) && (high == null || !high.excludes(at));
    }

    /** The digits of a bound behind its point. */
    private record Digits(String digits, boolean included) {

        static Digits of(DecimalRange.Bound bound) {
            BigDecimal fraction = bound.value().subtract(new BigDecimal(bound.value().toBigInteger())).stripTrailingZeros();
            String text = fraction.signum() == 0 ? "" : fraction.toPlainString().substring(2);
            return new Digits(text, bound.included());
        }

        int at(int index) {
            return index < digits.length() ? digits.charAt(index) - '0' : 0;
        }

        /** Whether a number that agrees with this lower bound up to an index, and ends there, is not below it. */
        boolean reachedBy(int index) {
            return index >= digits.length() && included;
        }

        /** Whether a number that agrees with this upper bound up to an index, and ends there, is not allowed. */
        boolean excludes(int index) {
            return index >= digits.length() && !included;
        }
    }
}

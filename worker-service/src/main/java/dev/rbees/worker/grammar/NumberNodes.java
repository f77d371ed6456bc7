package dev.rbees.worker.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Numbers as JSON writes them, bounded in digits. Without bounds, a number has up to {@value GrammarLimits#DIGITS} digits before the
 * point, as many behind it, and an exponent of up to {@value GrammarLimits#EXPONENT_DIGITS} digits. With bounds it has no exponent.
 */
final class NumberNodes {

    private final Graph graph;

    NumberNodes(Graph graph) {
        this.graph = graph;
    }

    /** Any number. */
    Node any(Node next) {
        Node exponentDigits = digit(optionalDigits(GrammarLimits.EXPONENT_DIGITS - 1, next));
        Node sign = graph.fork(exponentDigits, graph.bytes().on('+', exponentDigits).on('-', exponentDigits));
        Node exponent = graph.fork(next, graph.bytes().on('e', sign).on('E', sign));
        Node whole = wholeNumber(
                graph.fork(exponent, graph.one('.', digit(optionalDigits(GrammarLimits.DIGITS - 1, exponent)))));
        return graph.fork(whole, graph.one('-', whole));
    }

    /** Any integer but −0. */
    Node anyInteger(Node next) {
        return integer(new IntegerRange(IntegerRange.LOWEST, IntegerRange.HIGHEST, 1), next);
    }

    Node integer(IntegerRange range, Node next) {
        Node.Fork all = graph.fork();
        if (range.highest().signum() >= 0) {
            all.to(new DigitRange(graph, range.step(), next).between(range.lowest().max(BigInteger.ZERO), range.highest()));
        }
        if (range.lowest().signum() < 0) {
            BigInteger least = range.highest().negate().max(BigInteger.ONE);
            all.to(graph.one('-', new DigitRange(graph, range.step(), next).between(least, range.lowest().negate())));
        }
        return all;
    }

    /** Numbers of a range. */
    Node number(DecimalRange range, Node next) {
        Node.Fork all = graph.fork();
        if (range.highest().value().signum() >= 0) {
            DecimalRange.Bound zero = new DecimalRange.Bound(BigDecimal.ZERO, true);
            all.to(magnitude(range.lowest().value().signum() < 0 ? zero : range.lowest(), range.highest(), next));
        }
        if (range.lowest().value().signum() < 0) {
            boolean reachesZero = range.highest().value().signum() >= 0;
            // why: minus zero is zero, and excluded with it
            boolean zeroIncluded = range.highest().value().signum() > 0 || range.highest().included();
            DecimalRange.Bound least = reachesZero
                    ? new DecimalRange.Bound(BigDecimal.ZERO, zeroIncluded)
                    : range.highest().negated();
            all.to(graph.one('-', magnitude(least, range.lowest().negated(), next)));
        }
        return all;
    }

    private Node magnitude(DecimalRange.Bound least, DecimalRange.Bound most, Node next) {
        BigInteger low = least.value().toBigInteger();
        BigInteger high = most.value().toBigInteger();
        FractionRange fractions = new FractionRange(graph, next);
        if (low.equals(high)) {
            return graph.literal(ascii(low), fractions.between(least, most));
        }
        Node.Fork all = graph.fork();
        all.to(graph.literal(ascii(low), fractions.between(least, null)));
        all.to(graph.literal(ascii(high), fractions.between(null, most)));
        if (high.subtract(low).compareTo(BigInteger.ONE) > 0) {
            all.to(new DigitRange(graph, 1, fractions.between(null, null)).between(low.add(BigInteger.ONE),
                    high.subtract(BigInteger.ONE)));
        }
        return all;
    }

    private Node wholeNumber(Node next) {
        return graph.bytes().on('0', next).on('1', '9', optionalDigits(GrammarLimits.DIGITS - 1, next));
    }

    private Node digit(Node next) {
        return graph.bytes().on('0', '9', next);
    }

    private Node optionalDigits(int most, Node next) {
        Node node = next;
        for (int i = 0; i < most; i++) {
            node = graph.fork(next, digit(node));
        }
        return node;
    }

    private static byte[] ascii(BigInteger value) {
        return value.toString().getBytes(StandardCharsets.US_ASCII);
    }
}

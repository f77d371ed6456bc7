package dev.rbees.worker.grammar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts as JSON writes them. Each character is counted once, whatever its bytes.
 *
 * <p>
 * A text without a pattern may use every escape of JSON; a surrogate written as an escape is always half of a whole pair. A
 * text with a pattern is written in one way only: escapes where JSON needs them, the short ones where there are short ones.
 */
final class TextNodes {

    private static final String SHORT_ESCAPES = "\"\\\b\f\n\r\t";
    private static final String SHORT_NAMES = "\"\\bfnrt";

    private final Graph graph;
    private final Map<String, Node> shared = new HashMap<>();
    private final Map<List<Integer>, Rule> free = new HashMap<>();

    TextNodes(Graph graph) {
        this.graph = graph;
    }

    /** Any text of so many characters. */
    Rule free(int least, int most) {
        return free.computeIfAbsent(List.of(least, most), _ -> {
            Node.Fork inside = graph.fork();
            Node counted = graph.count(inside);
            Node.Bytes character = graph.bytes();
            for (CodePoints.Range range : CodePoints.ALL.ranges()) {
                raw(character, range.from(), range.to(), counted, "free" + least + '-' + most);
            }
            character.on('\\', anyEscape(counted));
            inside.to(graph.enough(graph.one('"', graph.end()))).to(character);
            Rule rule = new Rule(least, most);
            rule.startAt(graph.one('"', inside));
            return rule;
        });
    }

    /** The texts that an automaton accepts, up to so many characters. */
    Rule accepted(TextAutomaton automaton, int most) {
        shared.clear();
        Node[] counted = new Node[automaton.size()];
        Node.Fork[] states = new Node.Fork[automaton.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = graph.fork();
            counted[i] = graph.count(states[i]);
        }
        Node close = graph.one('"', graph.end());
        for (int i = 0; i < states.length; i++) {
            Node.Bytes character = graph.bytes();
            for (TextAutomaton.Move move : automaton.moves().get(i)) {
                raw(character, move.from(), move.to(), counted[move.target()], String.valueOf(move.target()));
            }
            neededEscapes(character, automaton.moves().get(i), counted);
            states[i].to(character);
            if (automaton.accepting().get(i)) {
                states[i].to(close);
            }
        }
        Rule rule = new Rule(0, most);
        rule.startAt(graph.one('"', states[0]));
        return rule;
    }

    /** The characters of a range that need no escape. */
    private void raw(Node.Bytes character, int from, int to, Node target, String targetName) {
        for (CodePoints.Range plain : List.of(new CodePoints.Range(0x20, '"' - 1), new CodePoints.Range('"' + 1, '\\' - 1),
                new CodePoints.Range('\\' + 1, CodePoints.LAST))) {
            int first = Math.max(from, plain.from());
            int last = Math.min(to, plain.to());
            if (first > last) {
                continue;
            }
            for (List<Utf8Ranges.Octets> octets : Utf8Ranges.of(first, last)) {
                Node rest = continuation(octets.subList(1, octets.size()), target, targetName);
                character.on(octets.getFirst().from(), octets.getFirst().to(), rest);
            }
        }
    }

    private Node continuation(List<Utf8Ranges.Octets> octets, Node target, String targetName) {
        if (octets.isEmpty()) {
            return target;
        }
        String name = octets + targetName;
        Node known = shared.get(name);
        if (known == null) {
            Node rest = continuation(octets.subList(1, octets.size()), target, targetName);
            known = graph.bytes().on(octets.getFirst().from(), octets.getFirst().to(), rest);
            shared.put(name, known);
        }
        return known;
    }

    private void neededEscapes(Node.Bytes character, List<TextAutomaton.Move> moves, Node[] counted) {
        Map<Integer, Integer> targets = new HashMap<>();
        for (TextAutomaton.Move move : moves) {
            for (int c = move.from(); c <= Math.min(move.to(), '\\'); c = c == 0x1F ? '"' : c == '"' ? '\\' : c + 1) {
                if (c < 0x20 || c == '"' || c == '\\') {
                    targets.put(c, move.target());
                }
            }
        }
        if (!targets.isEmpty()) {
            character.on('\\', shared.computeIfAbsent("escapes" + targets, _ -> escapes(targets, counted)));
        }
    }

    private Node escapes(Map<Integer, Integer> targets, Node[] counted) {
        Node.Bytes behindBackslash = graph.bytes();
        Node.Bytes[] lastDigit = {graph.bytes(), graph.bytes()};
        targets.forEach((c, target) -> {
            int index = SHORT_ESCAPES.indexOf(c);
            if (index >= 0) {
                behindBackslash.on(SHORT_NAMES.charAt(index), counted[target]);
            } else {
                hexDigit(lastDigit[c >> 4], c & 15, c & 15, counted[target]);
            }
        });
        Node.Bytes third = graph.bytes().on('0', lastDigit[0]).on('1', lastDigit[1]);
        behindBackslash.on('u', graph.one('0', graph.one('0', third)));
        return behindBackslash;
    }

    /** Behind a backslash: every escape of RFC 8259, section 7. */
    private Node anyEscape(Node target) {
        Node.Bytes escape = graph.bytes();
        for (char name : "\"\\/bfnrt".toCharArray()) {
            escape.on(name, target);
        }
        Node last = hexDigit(graph.bytes(), 0, 15, target);
        Node lastTwo = hexDigit(graph.bytes(), 0, 15, last);
        Node lowHalf = graph.one('\\', graph.one('u', hexDigit(graph.bytes(), 13, 13,
                hexDigit(graph.bytes(), 12, 15, lastTwo))));
        Node highLast = hexDigit(graph.bytes(), 0, 15, lowHalf);
        Node highLastTwo = hexDigit(graph.bytes(), 0, 15, highLast);
        Node behindD = hexDigit(hexDigit(graph.bytes(), 0, 7, lastTwo), 8, 11, highLastTwo);
        Node.Bytes first = graph.bytes();
        Node lastThree = hexDigit(graph.bytes(), 0, 15, lastTwo);
        hexDigit(first, 0, 12, lastThree);
        hexDigit(first, 13, 13, behindD);
        hexDigit(first, 14, 15, lastThree);
        return escape.on('u', first);
    }

    /** Adds edges for hexadecimal digits of these values, in either case. */
    private static Node.Bytes hexDigit(Node.Bytes node, int from, int to, Node next) {
        if (from < 10) {
            node.on('0' + from, '0' + Math.min(to, 9), next);
        }
        if (to >= 10) {
            int first = Math.max(from, 10) - 10;
            node.on('a' + first, 'a' + to - 10, next);
            node.on('A' + first, 'A' + to - 10, next);
        }
        return node;
    }
}

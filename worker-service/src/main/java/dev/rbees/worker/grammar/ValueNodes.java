package dev.rbees.worker.grammar;

/** Values that no schema narrows: any JSON, bounded in depth, in the length of texts and in digits. */
final class ValueNodes {

    private final Graph graph;
    private final TextNodes texts;
    private final LiteralNodes literals;
    private final Rule text;
    private final Rule name;
    private final Rule number = new Rule(0, Rule.UNBOUNDED);
    private final Rule integer = new Rule(0, Rule.UNBOUNDED);
    private final Rule array = new Rule(0, Rule.UNBOUNDED);
    private final Rule object = new Rule(0, Rule.UNBOUNDED);

    ValueNodes(Graph graph, TextNodes texts, NumberNodes numbers, LiteralNodes literals) {
        this.graph = graph;
        this.texts = texts;
        this.literals = literals;
        text = texts.free(0, GrammarLimits.TEXT);
        name = texts.free(0, GrammarLimits.NAME);
        number.startAt(numbers.any(graph.end()));
        integer.startAt(numbers.anyInteger(graph.end()));
        Node.Fork behindItem = graph.fork();
        Node item = any(behindItem);
        Node closeArray = graph.one(']', graph.end());
        behindItem.to(closeArray).to(graph.one(',', item));
        array.startAt(graph.one('[', graph.fork(closeArray, item)));
        Node.Fork behindMember = graph.fork();
        Node member = graph.call(name, graph.one(':', any(behindMember)));
        Node closeObject = graph.one('}', graph.end());
        behindMember.to(closeObject).to(graph.one(',', member));
        object.startAt(graph.one('{', graph.fork(closeObject, member)));
    }

    Node any(Node next) {
        return graph.fork(of(JsonType.OBJECT, next), of(JsonType.ARRAY, next), of(JsonType.STRING, next),
                of(JsonType.NUMBER, next), of(JsonType.BOOLEAN, next), of(JsonType.NULL, next));
    }

    Node of(JsonType type, Node next) {
        return switch (type) {
            case OBJECT -> graph.call(object, next);
            case ARRAY -> graph.call(array, next);
            case STRING -> graph.call(text, next);
            case INTEGER -> graph.call(integer, next);
            case NUMBER -> graph.call(number, next);
            case BOOLEAN -> graph.fork(literals.word("true", next), literals.word("false", next));
            case NULL -> literals.word("null", next);
        };
    }

    TextNodes texts() {
        return texts;
    }

    /** A name of a property, in quotes. */
    Rule name() {
        return name;
    }
}

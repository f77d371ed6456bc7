package dev.rbees.worker.grammar;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where the automaton stands after some bytes: all ways to read them. Every way can be completed, so a position that is not
 * dead never leads nowhere.
 *
 * @param configs the ways that go on
 * @param complete whether the bytes so far are a whole value
 */
record Position(Set<Config> configs, boolean complete) {

    /** The beginning of a rule. */
    static Position start(Rule rule) {
        Collector collector = new Collector();
        collector.pass(rule.start(), RuleFrame.bottom(0), rule.least(), rule.most());
        return collector.position();
    }

    /** Behind an open rule that has ended; {@code frame} is not the outermost one. */
    static Position behind(RuleFrame frame) {
        Collector collector = new Collector();
        collector.leave(frame);
        return collector.position();
    }

    /** Behind one more byte, 0 to 255. */
    Position after(int octet) {
        Collector collector = new Collector();
        for (Config config : configs) {
            for (Node.Edge edge : config.node().edges()) {
                if (edge.from() <= octet && octet <= edge.to()) {
                    collector.pass(edge.next(), config.frame(), config.need(), config.room());
                }
            }
        }
        return collector.position();
    }

    boolean dead() {
        return configs.isEmpty() && !complete;
    }

    /** The same with counts that are no larger than {@code limit}. */
    Position clamped(int limit) {
        Set<Config> clamped = LinkedHashSet.newLinkedHashSet(configs.size());
        for (Config config : configs) {
            clamped.add(config.clamped(limit));
        }
        return new Position(clamped, complete);
    }

    /** Passes through the nodes that consume nothing. */
    private static final class Collector {

        private final Set<Config> configs = new LinkedHashSet<>(4);
        private boolean complete;

        void pass(Node node, RuleFrame frame, int need, int room) {
            // why: ways that cannot be completed end here, so that no answer ever runs into a dead end
            if (frame.depth() + node.height() > GrammarLimits.FRAMES || node.distance() > room) {
                return;
            }
            switch (node) {
                case Node.Bytes bytes -> configs.add(new Config(bytes, frame, need, room));
                case Node.Fork fork -> {
                    for (Node next : fork.nexts()) {
                        pass(next, frame, need, room);
                    }
                }
                case Node.Call call -> pass(call.rule().start(), frame.open(call.next(), need, room), call.rule().least(),
                        call.rule().most());
                case Node.Count count -> {
                    if (room > 0) {
                        pass(count.next(), frame, Math.max(0, need - 1), room == Rule.UNBOUNDED ? room : room - 1);
                    }
                }
                case Node.Enough enough -> {
                    if (need == 0) {
                        pass(enough.next(), frame, need, room);
                    }
                }
                case Node.End _ -> leave(frame);
            }
        }

        void leave(RuleFrame frame) {
            RuleFrame parent = frame.parent();
            if (parent == null) {
                complete = true;
            } else {
                pass(frame.next(), parent, frame.need(), frame.room());
            }
        }

        Position position() {
            return new Position(configs, complete);
        }
    }
}

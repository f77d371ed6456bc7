package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of Unicode characters as ranges in order that neither touch nor overlap. Surrogates are never in it. */
record CodePoints(List<Range> ranges) {

    static final int LAST = Character.MAX_CODE_POINT;
    static final CodePoints NONE = new CodePoints(List.of());
    static final CodePoints ALL = of(0, LAST);

    /** Both ends included. */
    record Range(int from, int to) {}

    static CodePoints of(int from, int to) {
        return normalised(List.of(new Range(from, to)));
    }

    static CodePoints of(int single) {
        return of(single, single);
    }

    /** The characters of a text. */
    static CodePoints anyOf(String characters) {
        return normalised(characters.codePoints().mapToObj(c -> new Range(c, c)).toList());
    }

    boolean contains(int character) {
        for (Range range : ranges) {
            if (range.from() <= character && character <= range.to()) {
                return true;
            }
        }
        return false;
    }

    CodePoints with(CodePoints other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return normalised(all);
    }

    /** All characters that are not in the set. */
    CodePoints complement() {
        List<Range> others = new ArrayList<>();
        int from = 0;
        for (Range range : ranges) {
            if (range.from() > from) {
                others.add(new Range(from, range.from() - 1));
            }
            from = range.to() + 1;
        }
        if (from <= LAST) {
            others.add(new Range(from, LAST));
        }
        return normalised(others);
    }

    private static CodePoints normalised(List<Range> ranges) {
        List<Range> merged = new ArrayList<>();
        for (Range range : ranges.stream().sorted(Comparator.comparingInt(Range::from)).toList()) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && range.from() <= last.to() + 1) {
                merged.set(merged.size() - 1, new Range(last.from(), Math.max(last.to(), range.to())));
            } else {
                merged.add(range);
            }
        }
        return new CodePoints(merged.stream().flatMap(range -> withoutSurrogates(range).stream()).toList());
    }

    private static List<Range> withoutSurrogates(Range range) {
        List<Range> parts = new ArrayList<>(2);
        if (range.from() < Character.MIN_SURROGATE) {
            parts.add(new Range(range.from(), Math.min(range.to(), Character.MIN_SURROGATE - 1)));
        }
        if (range.to() > Character.MAX_SURROGATE) {
            parts.add(new Range(Math.max(range.from(), Character.MAX_SURROGATE + 1), range.to()));
        }
        return parts;
    }
}

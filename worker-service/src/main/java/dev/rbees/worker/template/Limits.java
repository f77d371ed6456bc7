package dev.rbees.worker.template;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What one rendering may use up. A template comes with a model, and so from somebody we need not trust. */
final class Limits {

    static final int MAX_TEMPLATE = 1024 * 1024;
    private static final int MAX_TEXT = 8 * 1024 * 1024;
    private static final int MAX_ITEMS = 1_000_000;
    private static final int MAX_CALLS = 64;
    private static final long MAX_STEPS = 1_000_000;
    /** Characters and items that all values together may have been given. */
    private static final long MAX_BUILT = 256L * 1024 * 1024;

    private long steps;
    private long built;
    private int calls;

    /** Counts one statement, expression or round of a loop. */
    void step() {
        if (++steps > MAX_STEPS) {
            throw new TemplateException("it takes more than " + MAX_STEPS + " steps");
        }
    }

    /** Counts a call that has begun; the depth of calls is limited. */
    void enterCall() {
        if (++calls > MAX_CALLS) {
            throw new TemplateException("its macros call each other more than " + MAX_CALLS + " levels deep");
        }
    }

    void leaveCall() {
        calls--;
    }

    /** Passes a value that an operation made, unless it is too large. */
    @Nullable
    Object checked(@Nullable Object value) {
        switch (value) {
            case String s -> count(s.length(), MAX_TEXT);
            case List<?> l -> count(l.size(), MAX_ITEMS);
            case null, default -> {
                // everything else has a fixed size
            }
        }
        return value;
    }

    /** Refuses a text of this length. */
    static void requireText(long length) {
        if (length > MAX_TEXT) {
            throw tooLarge();
        }
    }

    private void count(long size, long limit) {
        built += size;
        if (size > limit || built > MAX_BUILT) {
            throw tooLarge();
        }
    }

    private static TemplateException tooLarge() {
        return new TemplateException("it makes texts or lists that are too large");
    }

    /** Refuses a text of this length before it is made. */
    void countText(long length) {
        count(length, MAX_TEXT);
    }

    /** Refuses a list of this length before it is made. */
    void countItems(long size) {
        count(size, MAX_ITEMS);
    }
}

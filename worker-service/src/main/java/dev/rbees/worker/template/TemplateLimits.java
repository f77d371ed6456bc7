package dev.rbees.worker.template;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What one rendering may use up. A template comes with a model, and so from somebody we need not trust. */
final class TemplateLimits {

    static final int MAX_TEMPLATE = 1024 * 1024;
    /** How deep values may hold each other. */
    static final int MAX_DEPTH = 64;
    private static final int MAX_TEXT = 8 * 1024 * 1024;
    private static final int MAX_ITEMS = 1_000_000;
    private static final int MAX_CALLS = 64;
    private static final int MAX_NESTING = 1000;
    private static final long MAX_STEPS = 1_000_000;
    /** Characters that all values together may have been given; an item of a list counts as eight. */
    private static final long MAX_BUILT = 64L * 1024 * 1024;
    private static final int ITEM = 8;
    /** Characters that all operations together may look at; an item of a list counts as four. */
    private static final long MAX_WORK = 128L * 1024 * 1024;
    private static final int LOOK_AT_ITEM = 4;

    private long steps;
    private long built;
    private long work;
    private int calls;
    private int nesting;

    /** Counts one statement, expression or round of a loop. */
    void step() {
        if (++steps > MAX_STEPS) {
            throw tooLong();
        }
    }

    /** Counts so many characters that an operation looks at. */
    void work(long units) {
        work += units;
        if (work > MAX_WORK) {
            throw tooLong();
        }
    }

    /** Counts an item that an operation looks at. */
    void lookAtItem() {
        work(LOOK_AT_ITEM);
    }

    /** Counts the looking at all of a value: the characters of a text, the items of a list. */
    void look(@Nullable Object value) {
        switch (value) {
            case String s -> work(s.length());
            case List<?> l -> work((long) l.size() * LOOK_AT_ITEM);
            case null, default -> {
                // everything else is looked at in no time
            }
        }
    }

    private static TemplateException tooLong() {
        return new TemplateException("it takes more than " + MAX_STEPS + " steps, or as much work");
    }

    /** Counts an expression that is being worked out; the depth of them is limited, with {@link #leave}. */
    void enter() {
        if (++nesting > MAX_NESTING) {
            throw new TemplateException("its expressions are nested deeper than " + MAX_NESTING + " levels");
        }
    }

    void leave() {
        nesting--;
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
            case String s -> countText(s.length());
            case Marked(String text) -> countText(text.length());
            case List<?> l -> countItems(l.size());
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

    /** Refuses a list of this length. */
    static void requireItems(long size) {
        if (size > MAX_ITEMS) {
            throw tooLarge();
        }
    }

    /** Refuses a value that lies so deep in others. */
    static void requireDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new TemplateException("its values are nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    /** Counts a text of this length before it is made, and refuses it when it is too long. */
    void countText(long length) {
        requireText(length);
        count(length);
    }

    /** Counts a list of this length before it is made, and refuses it when it is too long. */
    void countItems(long size) {
        requireItems(size);
        count(size * ITEM);
    }

    private void count(long units) {
        built += units;
        if (built > MAX_BUILT) {
            throw tooLarge();
        }
    }

    private static TemplateException tooLarge() {
        return new TemplateException("it makes texts or lists that are too large");
    }
}

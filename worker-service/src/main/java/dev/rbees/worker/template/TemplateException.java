package dev.rbees.worker.template;

import dev.rbees.cli.Printable;

/**
 * A template that cannot be read or run. The message is for people and quotes only the template, made harmless for terminals and
 * bounded here, whatever stands in it.
 */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean raisedByTemplate;

    TemplateException(String message) {
        this(Printable.message(message), false);
    }

    private TemplateException(String message, boolean raisedByTemplate) {
        super(message);
        this.raisedByTemplate = raisedByTemplate;
    }

    /** The template itself refused the conversation with {@code raise_exception}. */
    static TemplateException raised(String message) {
        // why: whoever raises it has cut it already
        return new TemplateException(Printable.line(message), true);
    }

    /** Whether the conversation is at fault, not the template. */
    public boolean raisedByTemplate() {
        return raisedByTemplate;
    }
}

package dev.rbees.shell.render;

import java.io.PrintStream;

import dev.rbees.cli.Printable;

/**
 * What a longer piece of work is busy with: on a terminal one line that is rewritten, elsewhere a line for each new phase.
 * Used by one thread.
 */
public final class StatusLine {

    private final PrintStream err;
    private final boolean rewrite;
    private String lastPhase = "";
    private final int columns;
    private int lastWidth;

    /** @param rewrite whether the line may be rewritten */
    public StatusLine(PrintStream err, boolean rewrite) {
        this.err = err;
        this.rewrite = rewrite;
        this.columns = rewrite ? TerminalStream.columns(err) : Integer.MAX_VALUE;
    }

    /** Says how far a phase is, in percent. */
    public void at(String label, String phase, int percent) {
        String shown = Printable.text(phase);
        if (rewrite) {
            String whole = "%s: %s %d%%".formatted(label, shown, percent);
            // why: a line that a terminal breaks cannot be rewritten
            String text = whole.substring(0, Math.min(whole.length(), columns - 1));
            err.print("\r" + text + " ".repeat(Math.max(0, lastWidth - text.length())));
            lastWidth = text.length();
        } else if (!shown.equals(lastPhase)) {
            err.println(label + ": " + shown);
        }
        lastPhase = shown;
        err.flush();
    }

    /** Removes the line, so that other text can follow. */
    public void end() {
        if (lastWidth > 0) {
            err.print("\r" + " ".repeat(lastWidth) + "\r");
            err.flush();
            lastWidth = 0;
        }
    }
}

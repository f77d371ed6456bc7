package dev.rbees.shell.render;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/** A stream in UTF-8 to a terminal, which knows how long a line may be there. */
public final class TerminalStream extends PrintStream {

    private final IntSupplier columns;

    /** @param columns asked before each table, because windows change; 0 when it is not known */
    public TerminalStream(OutputStream out, IntSupplier columns) {
        super(out, false, StandardCharsets.UTF_8);
        this.columns = columns;
    }

    /** How many characters a line may have; as many as it likes where no terminal breaks it. */
    static int columns(PrintStream out) {
        int columns = out instanceof TerminalStream terminal ? terminal.columns.getAsInt() : 0;
        return columns > 0 ? columns : Integer.MAX_VALUE;
    }
}

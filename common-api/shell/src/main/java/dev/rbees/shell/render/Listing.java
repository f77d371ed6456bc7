package dev.rbees.shell.render;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/**
 * How records of one kind are printed.
 *
 * @param <T> the record
 * @param id the name by which other commands take it
 * @param columns of the table
 */
public record Listing<T>(Function<T, String> id, List<Column<T>> columns) {

    public Listing {
        columns = List.copyOf(columns);
    }

    /** Prints an array of records. A table without rows prints nothing, not even its head; on a
     * terminal its lines are no longer than the window is wide. */
    public void print(PrintStream out, OutputFormat format, List<T> rows) {
        switch (format) {
            case TABLE -> out.print(table(rows, TerminalStream.columns(out)));
            case JSON -> out.println(Documents.json(rows));
            case YAML -> out.print(Documents.yaml(rows));
            case NAME -> rows.forEach(row -> out.println(id.apply(row)));
        }
        out.flush();
    }

    /** Prints one record: in JSON and YAML an object, in a table one row. */
    public void printOne(PrintStream out, OutputFormat format, T row) {
        switch (format) {
            case TABLE, NAME -> print(out, format, List.of(row));
            case JSON -> out.println(Documents.json(row));
            case YAML -> out.print(Documents.yaml(row));
        }
        out.flush();
    }

    /** Prints one record as {@link #printOne} does, but in place of a table a line for each of its columns that has a value. */
    public void printDetails(PrintStream out, OutputFormat format, T row) {
        if (format != OutputFormat.TABLE) {
            printOne(out, format, row);
            return;
        }
        int width = columns.stream().mapToInt(column -> column.header().length()).max().orElse(0);
        for (Column<T> column : columns) {
            String shown = column.show(row);
            if (!shown.equals(Column.NOTHING)) {
                out.println(column.header() + " ".repeat(width - column.header().length()) + "  " + shown);
            }
        }
        out.flush();
    }

    /** The lines of the table, its head first; none without rows. */
    public List<String> lines(List<T> rows, int lineWidth) {
        return table(rows, lineWidth).lines().toList();
    }

    private String table(List<T> rows, int lineWidth) {
        return rows.isEmpty() ? "" : new Table<>(columns, rows, lineWidth).text();
    }
}

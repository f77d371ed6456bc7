package dev.rbees.shell.render;

import java.io.PrintStream;
import java.util.ArrayList;
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

    private static final String GAP = "  ";

    public Listing {
        columns = List.copyOf(columns);
    }

    /** Prints an array of records. A table without rows prints nothing, not even its head. */
    public void print(PrintStream out, OutputFormat format, List<T> rows) {
        switch (format) {
            case TABLE -> out.print(table(rows));
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
        int width = columns.stream().mapToInt(column -> width(column.header())).max().orElse(0);
        for (Column<T> column : columns) {
            String shown = column.show(row);
            if (!shown.equals(Column.NOTHING)) {
                out.println(column.header() + " ".repeat(width - width(column.header())) + GAP + shown);
            }
        }
        out.flush();
    }

    /** The table's lines, each ended by a newline; empty without rows. */
    public String table(List<T> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::header).toList());
        rows.forEach(row -> lines.add(columns.stream().map(column -> column.show(row)).toList()));
        int[] widths = new int[columns.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line(line, widths)).append('\n'));
        return text.toString();
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(cells.get(i)));
            line.append(i == 0 ? "" : GAP);
            line.append(columns.get(i).right() ? padding + cells.get(i) : cells.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}

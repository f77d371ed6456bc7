package dev.rbees.shell.render;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows as aligned text. What does not fit into a line is taken from the widest texts, never from the first column, which
 * holds the ids, and never from numbers.
 *
 * @param <T> the record of a row
 */
final class Table<T> {

    private static final String GAP = "  ";
    private static final String CUT = "…";
    /** A text that is cut keeps at least so many characters. */
    private static final int NARROWEST = 6;

    private final List<Column<T>> columns;
    private final List<List<String>> lines = new ArrayList<>();
    private final int[] widths;

    Table(List<Column<T>> columns, List<T> rows, int lineWidth) {
        this.columns = columns;
        this.widths = new int[columns.size()];
        lines.add(columns.stream().map(Column::header).toList());
        rows.forEach(row -> lines.add(columns.stream().map(column -> column.show(row)).toList()));
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        fit(lineWidth);
    }

    private void fit(int lineWidth) {
        long tooMuch = GAP.length() * (widths.length - 1L) - lineWidth;
        for (int width : widths) {
            tooMuch += width;
        }
        for (; tooMuch > 0 && widestText() >= 0; tooMuch--) {
            widths[widestText()]--;
        }
    }

    /** The widest column that may become narrower, -1 when there is none. */
    private int widestText() {
        int widest = -1;
        for (int i = 1; i < widths.length; i++) {
            if (!columns.get(i).right() && widths[i] > (widest < 0 ? NARROWEST : widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    /** The lines, each ended by a newline. */
    String text() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line(line)).append('\n'));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cut(cells.get(i), widths[i]);
            String padding = " ".repeat(widths[i] - width(cell));
            line.append(i == 0 ? "" : GAP);
            line.append(columns.get(i).right() ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String text, int width) {
        return width(text) <= width ? text : text.substring(0, text.offsetByCodePoints(0, width - 1)) + CUT;
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}

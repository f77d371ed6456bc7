package dev.rbees.shell.render;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows as aligned text. What does not fit into a line is taken from the widest texts, never from the first column, which
 * holds the ids, and never from numbers and words; a sentence goes on in the next line.
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
            if (canShrink(columns.get(i).shape()) && widths[i] > (widest < 0 ? NARROWEST : widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private static boolean canShrink(Column.Shape shape) {
        return shape == Column.Shape.TEXT || shape == Column.Shape.SENTENCE;
    }

    /** The lines, each ended by a newline. */
    String text() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> appendRow(line, text));
        return text.toString();
    }

    private void appendRow(List<String> cells, StringBuilder text) {
        StringBuilder line = new StringBuilder();
        int last = widths.length - 1;
        for (int i = 0; i < last; i++) {
            line.append(cell(i, cells.get(i))).append(GAP);
        }
        if (columns.get(last).shape() != Column.Shape.SENTENCE) {
            text.append(line.append(cell(last, cells.get(last))).toString().stripTrailing()).append('\n');
            return;
        }
        String indent = " ".repeat(width(line.toString()));
        for (String part : folded(cells.get(last), widths[last])) {
            text.append(line.append(part).toString().stripTrailing()).append('\n');
            line = new StringBuilder(indent);
        }
    }

    private String cell(int column, String text) {
        String shown = cut(text, widths[column]);
        String padding = " ".repeat(widths[column] - width(shown));
        return columns.get(column).shape() == Column.Shape.NUMBER ? padding + shown : shown + padding;
    }

    /** A sentence in lines that are broken between words; a longer word has a line of its own. */
    private static List<String> folded(String sentence, int width) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (String word : sentence.split(" ", -1)) {
            if (!part.isEmpty() && width(part.toString()) + 1 + width(word) > width) {
                parts.add(part.toString());
                part.setLength(0);
            }
            part.append(part.isEmpty() ? "" : " ").append(word);
        }
        parts.add(part.toString());
        return parts;
    }

    private static String cut(String text, int width) {
        return width(text) <= width ? text : text.substring(0, text.offsetByCodePoints(0, width - 1)) + CUT;
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}

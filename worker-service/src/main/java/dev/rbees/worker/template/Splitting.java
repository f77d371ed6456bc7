package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Cuts texts into lists, as Python's methods do. */
final class Splitting {

    private Splitting() {}

    /** At a separator, or at white space when there is none; at most so many times. */
    static List<@Nullable Object> split(String text, Passed passed) {
        long most = passed.integer(1, "maxsplit", -1);
        if (passed.value(0, "sep", null) == null) {
            return atSpaces(text, most);
        }
        String separator = separator(passed.text(0, "sep"));
        List<@Nullable Object> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && parts.size() != most) {
            add(parts, text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        add(parts, text.substring(from));
        return parts;
    }

    /** As {@link #split}, beginning at the end. */
    static List<@Nullable Object> splitFromEnd(String text, Passed passed) {
        long most = passed.integer(1, "maxsplit", -1);
        if (passed.value(0, "sep", null) == null) {
            if (most >= 0) {
                throw new TemplateException("'rsplit' with a number but without a separator is not supported");
            }
            return atSpaces(text, most);
        }
        String separator = separator(passed.text(0, "sep"));
        List<@Nullable Object> parts = new ArrayList<>();
        int end = text.length();
        int at = text.lastIndexOf(separator);
        while (at >= 0 && parts.size() != most) {
            add(parts, text.substring(at + separator.length(), end));
            end = at;
            at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
        }
        add(parts, text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    private static List<@Nullable Object> atSpaces(String text, long most) {
        List<@Nullable Object> parts = new ArrayList<>();
        String rest = PythonText.strip(text, null, true, false);
        int from = 0;
        while (from < rest.length()) {
            int end = from;
            while (end < rest.length() && !PythonText.isSpace(rest.charAt(end))) {
                end++;
            }
            if (parts.size() == most) {
                add(parts, rest.substring(from));
                break;
            }
            add(parts, rest.substring(from, end));
            from = end;
            while (from < rest.length() && PythonText.isSpace(rest.charAt(from))) {
                from++;
            }
        }
        return parts;
    }

    /** The lines without their breaks. */
    static List<@Nullable Object> lines(String text) {
        List<@Nullable Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean breaks = (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
            if (breaks) {
                add(lines, text.substring(from, i));
                i += c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? 1 : 0;
                from = i + 1;
            }
        }
        if (from < text.length()) {
            add(lines, text.substring(from));
        }
        return lines;
    }

    /** What is before the separator, it, and what is after it. */
    static Tuple partition(String text, String wanted, boolean last) {
        String separator = separator(wanted);
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        List<@Nullable Object> parts = new ArrayList<>();
        if (at < 0) {
            parts.addAll(last ? List.of("", "", text) : List.of(text, "", ""));
        } else {
            parts.addAll(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
        }
        return new Tuple(parts);
    }

    private static void add(List<@Nullable Object> parts, String part) {
        parts.add(part);
        TemplateLimits.requireItems(parts.size());
    }

    private static String separator(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateException("a text cannot be split at nothing");
        }
        return separator;
    }
}

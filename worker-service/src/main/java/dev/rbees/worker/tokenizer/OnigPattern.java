package dev.rbees.worker.tokenizer;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * Patterns of {@code tokenizer.json} as Java reads them. They are written for Oniguruma with Ruby's syntax: classes know
 * all of Unicode, {@code ^} and {@code $} mean lines, {@code (?m)} lets the dot match line breaks, and scripts are plain
 * properties.
 */
final class OnigPattern {

    private static final int FLAGS = Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;
    private static final int MAX_LENGTH = 20_000;

    private final String source;
    private final StringBuilder java = new StringBuilder();
    private int at;

    private OnigPattern(String source) {
        this.source = source;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when Java has nothing that means the same */
    static Pattern compile(String source) {
        if (source.length() > MAX_LENGTH) {
            throw unsupported(source.substring(0, 100) + "…", "a length of at most " + MAX_LENGTH);
        }
        try {
            return Pattern.compile(new OnigPattern(source).translate(), FLAGS);
        } catch (PatternSyntaxException e) {
            throw unsupported(source, "what java.util.regex reads as well (" + e.getDescription() + ")");
        } catch (StackOverflowError e) {
            throw unsupported(source.substring(0, Math.min(100, source.length())) + "…", "less deep nesting");
        }
    }

    /** Matches a literal text. */
    static Pattern literal(String text) {
        return Pattern.compile(text, Pattern.LITERAL);
    }

    private static RbeesException unsupported(String source, String supported) {
        return ModelFault.of("the model's tokenizer.json has the pattern " + source
                + "; this version of rbees supports patterns with " + supported);
    }

    private String translate() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\\' && at + 1 < source.length()) {
                escape(source.charAt(at + 1));
            } else if (source.startsWith("[:", at)) {
                posixClass();
            } else if (source.startsWith("(?", at)) {
                flags();
            } else {
                if (c == '+' && source.startsWith("}", at - 1) && isInterval()) {
                    throw unsupported(source, "a repetition like {1,3} that no + follows");
                }
                java.append(c);
                at++;
            }
        }
        return java.toString();
    }

    /** Whether the brace before this place ends a repetition and not a property. */
    private boolean isInterval() {
        int open = source.lastIndexOf('{', at);
        return open > 0 && source.substring(open + 1, at - 1).matches("\\d+,?\\d*|,\\d+")
                && !(open > 1 && source.charAt(open - 2) == '\\');
    }

    private void escape(char c) {
        switch (c) {
            case 'h' -> append("[0-9a-fA-F]", 2);
            case 'H' -> append("[^0-9a-fA-F]", 2);
            case 'p', 'P' -> property(c == 'P');
            case 'K', 'g', 'y', 'Y', 'O', 'N' -> throw unsupported(source, "other escapes than \\" + c);
            default -> append("\\" + c, 2);
        }
    }

    private void append(String text, int taken) {
        java.append(text);
        at += taken;
    }

    private void property(boolean negated) {
        int end = source.indexOf('}', at);
        if (end < 0 || source.charAt(at + 2) != '{') {
            append(source.substring(at, at + 2), 2);
            return;
        }
        String name = source.substring(at + 3, end);
        boolean not = negated ^ name.startsWith("^");
        append("\\" + (not ? "P" : "p") + "{" + javaName(name.startsWith("^") ? name.substring(1) : name) + "}",
                end + 1 - at);
    }

    private static String javaName(String name) {
        String plain = name.replace("_", "").replace("-", "").replace(" ", "").toLowerCase(Locale.ROOT);
        return switch (plain) {
            case "letter" -> "L";
            case "mark" -> "M";
            case "number" -> "N";
            case "punctuation" -> "P";
            case "symbol" -> "S";
            case "separator" -> "Z";
            case "other" -> "C";
            case "space" -> "IsWhite_Space";
            case "alpha" -> "IsAlphabetic";
            case "upper" -> "IsUppercase";
            case "lower" -> "IsLowercase";
            case "word", "alnum", "digit", "punct", "graph", "print", "cntrl", "blank", "xdigit" -> posix(plain);
            default -> plain.length() <= 2 || plain.startsWith("is") ? name : "Is" + name;
        };
    }

    private static String posix(String name) {
        return switch (name) {
            case "alnum" -> "Alnum";
            case "digit" -> "Nd";
            case "punct" -> "P";
            case "graph" -> "Graph";
            case "print" -> "Print";
            case "cntrl" -> "Cc";
            case "blank" -> "Blank";
            case "xdigit" -> "XDigit";
            case "alpha" -> "IsAlphabetic";
            case "upper" -> "IsUppercase";
            case "lower" -> "IsLowercase";
            case "space" -> "IsWhite_Space";
            default -> name;
        };
    }

    private void posixClass() {
        int end = source.indexOf(":]", at + 2);
        String name = end < 0 ? "" : source.substring(at + 2, end);
        if (!name.matches("\\^?[a-z]+")) {
            append("[", 1);
            return;
        }
        boolean not = name.startsWith("^");
        append("\\" + (not ? "P" : "p") + "{" + posix(not ? name.substring(1) : name) + "}", end + 2 - at);
    }

    private void flags() {
        int end = at + 2;
        while (end < source.length() && "imx-".indexOf(source.charAt(end)) >= 0) {
            end++;
        }
        String flags = source.substring(at + 2, end);
        boolean closed = end < source.length() && (source.charAt(end) == ':' || source.charAt(end) == ')');
        append("(?" + (closed ? flags.replace('m', 's') : flags), end - at);
    }
}

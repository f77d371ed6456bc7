package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.error.RbeesException;

/**
 * Parses the value of {@code pattern}: literals, {@code .}, classes, {@code \d \w \s} and their opposites, groups, alternatives,
 * repetitions, and the anchors {@code ^} and {@code $} at the ends of the whole pattern or of its outermost alternatives. As in
 * JSON Schema, what is not anchored may stand anywhere in the text.
 *
 * <p>
 * Where dialects differ, only what all of them accept is produced: {@code .} is no kind of line end, {@code \s} is a space of
 * ASCII, {@code \S} is a space of no dialect.
 */
final class PatternParser {

    private static final int MAX_GROUPS = 30;

    private final String pattern;
    private final String pointer;
    private int at;
    private int depth;

    private PatternParser(String pattern, String pointer) {
        this.pattern = pattern;
        this.pointer = pointer;
    }

    /** @throws RbeesException INVALID_REQUEST naming what is not supported */
    static Regex parse(String pattern, String pointer) {
        if (pattern.length() > GrammarLimits.PATTERN_LENGTH) {
            throw SchemaProblem.unsupported(pointer, "pattern",
                    "it is longer than " + GrammarLimits.PATTERN_LENGTH + " characters");
        }
        return new PatternParser(pattern, pointer).whole();
    }

    private Regex whole() {
        List<Regex> branches = new ArrayList<>();
        do {
            List<Regex> parts = new ArrayList<>();
            if (!take('^')) {
                parts.add(Regex.ANYTHING);
            }
            parts.add(sequence());
            if (!take('$')) {
                parts.add(Regex.ANYTHING);
            }
            branches.add(new Regex.Sequence(parts));
        } while (take('|'));
        if (at < pattern.length()) {
            throw problem("'" + pattern.charAt(at) + "' has no meaning there");
        }
        return new Regex.Choice(branches);
    }

    private Regex choice() {
        List<Regex> branches = new ArrayList<>();
        do {
            branches.add(sequence());
        } while (take('|'));
        return branches.size() == 1 ? branches.getFirst() : new Regex.Choice(branches);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (at < pattern.length() && "|)$".indexOf(pattern.charAt(at)) < 0) {
            parts.add(repeated(atom()));
        }
        return parts.size() == 1 ? parts.getFirst() : new Regex.Sequence(parts);
    }

    private Regex atom() {
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> new Regex.Chars(characterClass());
            case '.' -> new Regex.Chars(CharacterClasses.LINE_ENDS.complement());
            case '\\' -> new Regex.Chars(escape());
            case '^', '*', '+', '?', '{', '}', ']' -> throw problem("'" + (char) c + "' has no meaning there");
            default -> new Regex.Chars(CodePoints.of(c));
        };
    }

    private Regex group() {
        if (take('?') && !take(':')) {
            throw problem("only plain groups and (?:…) are supported, no look-around, names or flags");
        }
        if (++depth > MAX_GROUPS) {
            throw problem("groups are nested more than " + MAX_GROUPS + " deep");
        }
        Regex inner = choice();
        depth--;
        if (!take(')')) {
            throw problem("a group is not closed, or holds an anchor");
        }
        return inner;
    }

    private Regex repeated(Regex body) {
        if (at == pattern.length()) {
            return body;
        }
        Regex repeated = switch (pattern.charAt(at)) {
            case '*' -> skip(new Regex.Repeat(body, 0, Regex.Repeat.NO_LIMIT));
            case '+' -> skip(new Regex.Repeat(body, 1, Regex.Repeat.NO_LIMIT));
            case '?' -> skip(new Regex.Repeat(body, 0, 1));
            case '{' -> skip(counted(body));
            default -> body;
        };
        // why: lazy or not, the texts that match are the same
        if (!repeated.equals(body)) {
            take('?');
            if (at < pattern.length() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
                throw problem("a repetition of a repetition is not supported");
            }
        }
        return repeated;
    }

    /** Stops at the closing brace. */
    private Regex counted(Regex body) {
        at++;
        int least = number();
        int most = least;
        if (take(',')) {
            most = at < pattern.length() && pattern.charAt(at) == '}' ? Regex.Repeat.NO_LIMIT : number();
        }
        if (at == pattern.length() || pattern.charAt(at) != '}' || most < least) {
            throw problem("a repetition is not of the form {n}, {n,} or {n,m}");
        }
        return new Regex.Repeat(body, least, most);
    }

    private Regex skip(Regex regex) {
        at++;
        return regex;
    }

    private int number() {
        int from = at;
        while (at < pattern.length() && Character.digit(pattern.charAt(at), 10) >= 0 && at - from < 5) {
            at++;
        }
        if (at == from) {
            throw problem("a repetition needs a number");
        }
        return Integer.parseInt(pattern, from, at, 10);
    }

    /** Behind the opening bracket. */
    private CodePoints characterClass() {
        boolean negated = take('^');
        CodePoints set = CodePoints.NONE;
        while (!take(']')) {
            CodePoints one = classMember();
            if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                one = range(one, classMember());
            }
            set = set.with(one);
        }
        return negated ? set.complement() : set;
    }

    private CodePoints classMember() {
        int c = next();
        if (c == '[' || (c == '&' && at < pattern.length() && pattern.charAt(at) == '&')) {
            throw problem("sets inside a class are not supported; write \\[ or \\& for the character");
        }
        return c != '\\' ? CodePoints.of(c) : take('b') ? CodePoints.of('\b') : escape();
    }

    private CodePoints range(CodePoints first, CodePoints last) {
        int from = first.ranges().getFirst().from();
        int to = last.ranges().getFirst().to();
        if (!first.equals(CodePoints.of(from)) || !last.equals(CodePoints.of(to)) || from > to) {
            throw problem("a range of a class does not go from one character to a later one");
        }
        return CodePoints.of(from, to);
    }

    /** Behind the backslash. */
    private CodePoints escape() {
        int c = next();
        return switch (c) {
            case 'd' -> CharacterClasses.DIGITS;
            case 'D' -> CharacterClasses.DIGITS.complement();
            case 'w' -> CharacterClasses.WORD;
            case 'W' -> CharacterClasses.WORD.complement();
            case 's' -> CharacterClasses.SPACE;
            case 'S' -> CharacterClasses.ANY_SPACE.complement();
            case 't' -> CodePoints.of('\t');
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw problem("\\" + Character.toString(c) + " is not supported");
                }
                yield CodePoints.of(c);
            }
        };
    }

    private CodePoints hexadecimal(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw problem("an escape needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        if (Character.isSurrogate((char) value)) {
            throw problem("an escape is half of a surrogate pair; write the character itself");
        }
        return CodePoints.of(value);
    }

    private int next() {
        if (at == pattern.length()) {
            throw problem("it ends too early");
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw problem("it holds half of a surrogate pair");
        }
        return c;
    }

    private boolean take(char expected) {
        if (at < pattern.length() && pattern.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private RbeesException problem(String what) {
        return SchemaProblem.unsupported(pointer, "pattern",
                SchemaProblem.brief(what) + " (at character " + at + " of the pattern)");
    }
}

package dev.rbees.worker.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pre-tokenizers of {@code tokenizer.json}. */
final class JsonSplitters {

    private static final String SUPPORTED = "Sequence, ByteLevel, Split, Digits, Metaspace, Whitespace, WhitespaceSplit,"
            + " BertPreTokenizer, Punctuation";
    private static final Pattern WORD_OR_SIGNS = OnigPattern.compile("\\w+|[^\\w\\s]+");
    private static final Pattern GPT2 = OnigPattern.compile(WordPatterns.GPT2);

    private JsonSplitters() {}

    static Splitter of(JsonPart part) {
        if (part.missing()) {
            return Splitter.NONE;
        }
        return switch (part.type()) {
            case "Sequence" -> Splitter.sequence(part.each("pretokenizers", JsonSplitters::of));
            case "ByteLevel" -> byteLevel(part);
            case "Split" -> split(part);
            case "Digits" -> new CharacterSplitter(Characters::isNumber,
                    part.flag("individual_digits", false) ? Delimiter.ISOLATED : Delimiter.CONTIGUOUS);
            case "Metaspace" -> metaspace(part);
            case "Whitespace" -> new PatternSplitter(WORD_OR_SIGNS, true, Delimiter.REMOVED);
            case "WhitespaceSplit" -> CharacterSplitter.atBlanks();
            case "BertPreTokenizer" -> Splitter.sequence(
                    List.of(CharacterSplitter.atBlanks(), CharacterSplitter.atPunctuation()));
            case "Punctuation" -> new CharacterSplitter(Characters::isPunctuation, delimiter(part));
            default -> throw part.unsupported(SUPPORTED);
        };
    }

    private static Splitter byteLevel(JsonPart part) {
        Splitter space = part.flag("add_prefix_space", true)
                ? (piece, out) -> out.accept(piece.text().startsWith(" ") ? piece : piece.with(" " + piece.text()))
                : Splitter.NONE;
        Splitter words = part.flag("use_regex", true) ? PatternSplitter.isolating(GPT2) : Splitter.NONE;
        return Splitter.sequence(List.of(space, words, Splitter.byteLevel()));
    }

    private static Splitter split(JsonPart part) {
        String literal = part.part("pattern").text("String", "");
        Pattern pattern = literal.isEmpty()
                ? OnigPattern.compile(part.part("pattern").requireText("Regex"))
                : OnigPattern.literal(literal);
        return new PatternSplitter(pattern, part.flag("invert", false), delimiter(part));
    }

    private static Delimiter delimiter(JsonPart part) {
        String behavior = part.text("behavior", Delimiter.ISOLATED.jsonName());
        return Stream.of(Delimiter.values()).filter(d -> d.jsonName().equals(behavior)).findFirst()
                .orElseThrow(() -> part.unsupportedSetting("behavior",
                        Arrays.stream(Delimiter.values()).map(Delimiter::jsonName).collect(Collectors.joining(", "))));
    }

    private static Splitter metaspace(JsonPart part) {
        String sign = part.text("replacement", String.valueOf(Meta.SIGN));
        // why: older files have add_prefix_space instead
        String scheme = part.text("prepend_scheme", part.flag("add_prefix_space", true) ? "always" : "never");
        if (!List.of("always", "first", "never").contains(scheme)) {
            throw part.unsupportedSetting("prepend_scheme", "always, first, never");
        }
        Splitter mark = (piece, out) -> {
            String text = piece.text().replace(" ", sign);
            boolean prepend = scheme.equals("always") || (scheme.equals("first") && piece.first());
            out.accept(piece.with(prepend && !text.startsWith(sign) ? sign + text : text));
        };
        return part.flag("split", true)
                ? Splitter.sequence(List.of(mark,
                        new PatternSplitter(OnigPattern.literal(sign), false, Delimiter.MERGED_WITH_NEXT)))
                : mark;
    }
}

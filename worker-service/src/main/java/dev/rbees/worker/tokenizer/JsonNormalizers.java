package dev.rbees.worker.tokenizer;

import java.text.Normalizer.Form;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The normalizers of {@code tokenizer.json}. */
final class JsonNormalizers {

    private static final String SUPPORTED = "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer,"
            + " Replace, Prepend, Strip, Nmt, Precompiled, ByteLevel";

    private JsonNormalizers() {}

    static Normalizer of(JsonPart part) {
        if (part.missing()) {
            return Normalizer.NONE;
        }
        return switch (part.type()) {
            case "Sequence" -> Normalizer.sequence(part.each("normalizers", JsonNormalizers::of));
            case "NFC" -> Normalizer.form(Form.NFC);
            case "NFD" -> Normalizer.form(Form.NFD);
            case "NFKC" -> Normalizer.form(Form.NFKC);
            case "NFKD" -> Normalizer.form(Form.NFKD);
            case "Lowercase" -> Normalizer.lowercase();
            case "StripAccents" -> Normalizer.without(Characters::isMark);
            case "BertNormalizer" -> bert(part);
            case "Replace" -> replace(part);
            case "Prepend" -> prepend(part.requireText("prepend"));
            case "Strip" -> Normalizer.strip(part.flag("strip_left", true), part.flag("strip_right", true));
            case "Nmt" -> JsonNormalizers::nmt;
            case "Precompiled" -> precompiled(part);
            case "ByteLevel" -> ByteAlphabet::letters;
            default -> throw part.unsupported(SUPPORTED);
        };
    }

    private static Normalizer bert(JsonPart part) {
        boolean lowercase = part.flag("lowercase", true);
        return new BertNormalizer(part.flag("clean_text", true), part.flag("handle_chinese_chars", true),
                part.flag("strip_accents", lowercase), lowercase);
    }

    private static Normalizer replace(JsonPart part) {
        String content = part.text("content", "");
        String literal = part.part("pattern").text("String", "");
        if (!literal.isEmpty()) {
            return text -> text.replace(literal, content);
        }
        Pattern pattern = OnigPattern.compile(part.part("pattern").requireText("Regex"));
        String replacement = Matcher.quoteReplacement(content);
        return text -> {
            Matcher matcher = pattern.matcher(new BoundedText(text));
            StringBuilder out = new StringBuilder();
            while (BoundedText.find(matcher)) {
                matcher.appendReplacement(out, replacement);
            }
            return matcher.appendTail(out).toString();
        };
    }

    private static Normalizer prepend(String before) {
        return text -> text.isEmpty() ? text : before + text;
    }

    private static Normalizer precompiled(JsonPart part) {
        try {
            return new CharsMap(Base64.getDecoder().decode(part.requireText("precompiled_charsmap")))::replaceCharacters;
        } catch (IllegalArgumentException e) {
            throw part.damaged("its table of replacements is not Base64");
        }
    }

    /** Some controls go, others and every kind of blank become a space. */
    private static String nmt(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean goes = (c >= 1 && c <= 8) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F
                    || c == 0x9F;
            boolean blank = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F)
                    || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
            if (!goes) {
                out.appendCodePoint(blank ? ' ' : c);
            }
        });
        return out.toString();
    }
}

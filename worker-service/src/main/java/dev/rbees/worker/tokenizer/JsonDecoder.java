package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The decoder of {@code tokenizer.json}, as far as it says what one token by itself stands for. What it does only at the
 * beginning or the end of a text is left out: an answer is the middle of one.
 *
 * @param rewrite from a token to its text, or to its text in the byte alphabet
 * @param byteLevel whether that is the byte alphabet
 * @param byteFallback whether tokens like {@code <0x0A>} are bytes
 */
record JsonDecoder(UnaryOperator<String> rewrite, boolean byteLevel, boolean byteFallback) {

    private static final String SUPPORTED = "Sequence, ByteLevel, Metaspace, ByteFallback, Replace, Strip, Fuse, WordPiece";
    private static final JsonDecoder PLAIN = new JsonDecoder(UnaryOperator.identity(), false, false);

    static JsonDecoder of(JsonPart part) {
        if (part.missing()) {
            return PLAIN;
        }
        return switch (part.type()) {
            case "Sequence" -> part.each("decoders", JsonDecoder::of).stream().reduce(PLAIN, JsonDecoder::then);
            case "ByteLevel" -> new JsonDecoder(UnaryOperator.identity(), true, false);
            case "ByteFallback" -> new JsonDecoder(UnaryOperator.identity(), false, true);
            case "Metaspace" -> rewriting(token -> token.replace(part.text("replacement", "▁"), " "));
            case "Replace" -> replace(part);
            case "WordPiece" -> wordPiece(part.text("prefix", "##"));
            case "Strip", "Fuse" -> PLAIN;
            default -> throw part.unsupported(SUPPORTED);
        };
    }

    private static JsonDecoder rewriting(UnaryOperator<String> rewrite) {
        return new JsonDecoder(rewrite, false, false);
    }

    private static JsonDecoder replace(JsonPart part) {
        String literal = part.part("pattern").requireText("String");
        String content = part.text("content", "");
        return rewriting(token -> token.replace(literal, content));
    }

    private static JsonDecoder wordPiece(String prefix) {
        return rewriting(token -> token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token);
    }

    private JsonDecoder then(JsonDecoder next) {
        return new JsonDecoder(token -> next.rewrite.apply(rewrite.apply(token)), byteLevel || next.byteLevel,
                byteFallback || next.byteFallback);
    }

    /** The bytes that a token of the vocabulary stands for. */
    byte[] bytes(String token) {
        int value = byteFallback ? ByteTokens.value(token) : -1;
        if (value >= 0) {
            return new byte[] {(byte) value};
        }
        String text = rewrite.apply(token);
        return byteLevel ? ByteAlphabet.bytes(text) : text.getBytes(StandardCharsets.UTF_8);
    }
}

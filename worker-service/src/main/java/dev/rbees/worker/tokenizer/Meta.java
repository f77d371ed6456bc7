package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;

/** The sign with which SentencePiece writes a blank. */
final class Meta {

    static final char SIGN = '▁';

    private Meta() {}

    static String write(String text) {
        return text.replace(' ', SIGN);
    }

    static byte[] bytes(String token) {
        return token.replace(SIGN, ' ').getBytes(StandardCharsets.UTF_8);
    }
}

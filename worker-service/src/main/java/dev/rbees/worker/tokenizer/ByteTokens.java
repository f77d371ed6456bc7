package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;

/** The tokens {@code <0x00>} to {@code <0xFF>}, as which vocabularies with byte fallback write what they have no token for. */
final class ByteTokens {

    private static final int LENGTH = "<0x00>".length();

    private final int[] ids;

    private ByteTokens(int[] ids) {
        this.ids = ids;
    }

    /** @param wanted whether a token of such a name is one of them */
    static ByteTokens of(List<String> tokens, IntPredicate wanted) {
        int[] ids = new int[256];
        java.util.Arrays.fill(ids, VocabularyIndex.NONE);
        for (int id = 0; id < tokens.size(); id++) {
            int value = value(tokens.get(id));
            if (value >= 0 && wanted.test(id)) {
                ids[value] = id;
            }
        }
        return new ByteTokens(ids);
    }

    /** The byte that a token stands for, −1 when its name is another. */
    static int value(String token) {
        if (token.length() != LENGTH || !token.startsWith("<0x") || token.charAt(LENGTH - 1) != '>') {
            return -1;
        }
        int high = Character.digit(token.charAt(3), 16);
        int low = Character.digit(token.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Appends the tokens of a text's bytes, or nothing when there is none for one of them: then false. */
    boolean append(String text, IntList out) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (byte b : utf8) {
            if (ids[b & 0xFF] == VocabularyIndex.NONE) {
                return false;
            }
        }
        for (byte b : utf8) {
            out.add(ids[b & 0xFF]);
        }
        return true;
    }
}

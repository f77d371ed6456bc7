package dev.rbees.worker.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Vocabularies for tests: all single bytes, pieces of what JSON is made of, cut anywhere, an end token and a special token. */
final class Vocabularies {

    private static final String[] SNIPPETS = {"{\"", "\":", "\",\"", "\"},{\"", "}}", "]}", "[[", "[{\"", "true", "false",
        "null",
        "\\u00e9", "\\ud83d\\ude00", "\\n", "é", "漢字", "😀", "name", "value", "next", "12", "0.5", "-1e", "  ", ":[", "\\\\",
        "\\\"", "2024-", "ab", "abc", "\",", "\":\"", "\"]", "\uFFFF", "\u0000", "\t"};

    private Vocabularies() {}

    static TokenTrie random(long seed, int size) {
        Random random = new Random(seed);
        Set<List<Byte>> pieces = new LinkedHashSet<>();
        for (int b = 0; b < 256; b++) {
            pieces.add(List.of((byte) b));
        }
        while (pieces.size() < size) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(3); i >= 0; i--) {
                text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            int from = random.nextInt(bytes.length);
            int to = from + 1 + random.nextInt(bytes.length - from);
            List<Byte> piece = new ArrayList<>();
            for (int i = from; i < to; i++) {
                piece.add(bytes[i]);
            }
            pieces.add(piece);
        }
        List<byte[]> tokens = new ArrayList<>();
        for (List<Byte> piece : pieces) {
            byte[] bytes = new byte[piece.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = piece.get(i);
            }
            tokens.add(bytes);
        }
        tokens.add(new byte[0]);
        tokens.add(new byte[0]);
        return new TokenTrie(tokens.size(), tokens::get, new int[] {end(tokens.size())});
    }

    /** The id of the end token; the one behind it is special and never allowed. */
    static int end(int vocabulary) {
        return vocabulary - 2;
    }
}

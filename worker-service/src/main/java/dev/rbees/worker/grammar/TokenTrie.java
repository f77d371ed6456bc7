package dev.rbees.worker.grammar;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary as a tree of bytes. The nodes lie in the order of a walk that goes down first, so that a subtree
 * is one piece of the arrays. Built once per model, never changed, shared by all threads.
 */
public final class TokenTrie {

    private static final byte[] NO_BYTES = {};

    private final int vocabulary;
    private final int[] ends;
    private final int longest;
    private final byte[] labels;
    private final int[] depths;
    /** For each node, the index behind its subtree. */
    private final int[] behind;
    /** For each node, where its tokens begin in {@link #tokens}; they end where the next node's begin. */
    private final int[] firstTokens;
    private final int[] tokens;
    private final byte[][] bytes;

    /**
     * @param vocabulary how many ids there are
     * @param bytesOf the bytes of UTF-8 of an id, empty for a special token; a token may hold part of a character
     * @param endTokens the ids that end an answer; may be empty
     */
    public TokenTrie(int vocabulary, IntFunction<byte[]> bytesOf, int[] endTokens) {
        this.vocabulary = vocabulary;
        this.ends = endTokens.clone();
        this.bytes = new byte[vocabulary][];
        for (int id = 0; id < vocabulary; id++) {
            bytes[id] = bytesOf.apply(id);
        }
        for (int end : endTokens) {
            bytes[end] = NO_BYTES;
        }
        this.tokens = IntStream.range(0, vocabulary).filter(id -> bytes[id].length > 0).boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b])).mapToInt(Integer::intValue).toArray();
        this.longest = IntStream.of(tokens).map(id -> bytes[id].length).max().orElse(0);
        int size = countNodes();
        this.labels = new byte[size];
        this.depths = new int[size];
        this.behind = new int[size];
        this.firstTokens = new int[size + 1];
        fill();
    }

    private int countNodes() {
        int count = 1;
        byte[] previous = NO_BYTES;
        for (int token : tokens) {
            count += bytes[token].length - shared(previous, bytes[token]);
            previous = bytes[token];
        }
        return count;
    }

    private void fill() {
        int[] path = new int[longest + 1];
        int node = 0;
        byte[] previous = NO_BYTES;
        for (int i = 0; i < tokens.length; i++) {
            byte[] current = bytes[tokens[i]];
            int common = shared(previous, current);
            for (int depth = previous.length; depth > common; depth--) {
                behind[path[depth]] = node + 1;
            }
            for (int depth = common + 1; depth <= current.length; depth++) {
                node++;
                path[depth] = node;
                labels[node] = current[depth - 1];
                depths[node] = depth;
                firstTokens[node] = i;
            }
            previous = current;
        }
        for (int depth = previous.length; depth >= 0; depth--) {
            behind[path[depth]] = node + 1;
        }
        firstTokens[node + 1] = tokens.length;
    }

    private static int shared(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** How many ids there are. */
    public int vocabulary() {
        return vocabulary;
    }

    /** The ids that end an answer. */
    int[] ends() {
        return ends;
    }

    boolean isEnd(int token) {
        for (int end : ends) {
            if (end == token) {
                return true;
            }
        }
        return false;
    }

    /** The length of the longest token, in bytes. */
    int longest() {
        return longest;
    }

    byte[] bytes(int token) {
        return bytes[token];
    }

    /** The byte that leads to a node, 0 to 255. */
    int label(int node) {
        return labels[node] & 0xFF;
    }

    /** How many bytes lead to a node; 0 for the root, which is node 0. */
    int depth(int node) {
        return depths[node];
    }

    /** The node behind a node's subtree. */
    int behind(int node) {
        return behind[node];
    }

    /** Sets the bits of the tokens that end at a node. */
    void mark(int node, long[] bits) {
        for (int i = firstTokens[node]; i < firstTokens[node + 1]; i++) {
            bits[tokens[i] >> 6] |= 1L << tokens[i];
        }
    }
}

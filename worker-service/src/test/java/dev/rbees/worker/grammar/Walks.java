package dev.rbees.worker.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;

/** Answers made by chance, and given answers fed to a constraint. */
final class Walks {

    private static final int PATIENCE = 3000;

    private Walks() {}

    static JsonNode json(String text) {
        return Json.readTree(text.getBytes(StandardCharsets.UTF_8));
    }

    static Constraint constraint(String schema, TokenTrie trie) {
        return new Grammars(trie, () -> 0).of(json(schema));
    }

    /** Draws tokens that the mask leaves until the answer ends; nothing when it has not after many tokens. */
    static Optional<String> random(Constraint constraint, TokenTrie trie, Random random) throws CharacterCodingException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        float[] logits = new float[trie.vocabulary() + 3];
        for (int step = 0; step < PATIENCE; step++) {
            Arrays.fill(logits, 1);
            constraint.mask(logits);
            List<Integer> allowed = new ArrayList<>();
            for (int id = 0; id < logits.length; id++) {
                if (logits[id] == 1) {
                    allowed.add(id);
                }
            }
            int end = Vocabularies.end(trie.vocabulary());
            if (constraint.exhausted() && !allowed.equals(List.of(end))) {
                throw new AssertionError("an exhausted answer allows " + allowed);
            }
            if (allowed.contains(end) != constraint.complete()) {
                throw new AssertionError("the end is allowed exactly when the answer is complete");
            }
            int token = choose(allowed, end, random, step);
            constraint.accept(token);
            if (token == end) {
                return Optional
                        .of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(out.toByteArray())).toString());
            }
            out.writeBytes(trie.bytes(token));
        }
        return Optional.empty();
    }

    /** Anything at first; later preferably what closes, as a model that wants to end would. */
    private static int choose(List<Integer> allowed, int end, Random random, int step) {
        if (step > 30) {
            if (allowed.contains(end)) {
                return end;
            }
            for (String closing : List.of("\"", "}", "]")) {
                int id = closing.charAt(0);
                if (allowed.contains(id)) {
                    return id;
                }
            }
        }
        return allowed.get(random.nextInt(allowed.size()));
    }

    /** Whether an answer can be given byte by byte and then end. */
    static boolean accepts(Constraint constraint, TokenTrie trie, String answer) {
        for (byte octet : answer.getBytes(StandardCharsets.UTF_8)) {
            if (!constraint.allows(octet & 0xFF)) {
                return false;
            }
            constraint.accept(octet & 0xFF);
        }
        return constraint.complete() && constraint.allows(Vocabularies.end(trie.vocabulary()));
    }

    /** Whether an answer can be given in tokens chosen by chance among those that spell it. */
    static boolean acceptsInPieces(Constraint constraint, TokenTrie trie, String answer, Random random) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            List<Integer> spelling = new ArrayList<>();
            for (int id = 0; id < trie.vocabulary(); id++) {
                byte[] token = trie.bytes(id);
                if (token.length > 0 && at + token.length <= bytes.length
                        && Arrays.equals(token, 0, token.length, bytes, at, at + token.length)) {
                    spelling.add(id);
                }
            }
            // every spelling must be allowed, not only the chosen one
            if (!spelling.stream().allMatch(constraint::allows)) {
                return false;
            }
            int token = spelling.get(random.nextInt(spelling.size()));
            constraint.accept(token);
            at += trie.bytes(token).length;
        }
        return constraint.complete();
    }
}

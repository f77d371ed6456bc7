package dev.rbees.worker.tokenizer;

import java.util.List;

import dev.rbees.worker.tokenizer.TokenModel.WordEncoder;

/**
 * A tokenizer as a line of stages: find added tokens, normalise what lies between them, cut it into words, encode each.
 *
 * @param kind what it says of itself
 * @param added found in the text as it is
 * @param addedNormalized found in the normalised text
 * @param normalizer of what lies between added tokens
 * @param splitter into words
 * @param model from words to ids
 * @param frame what stands around every text
 * @param bytes of each id
 */
@SuppressWarnings("ArrayRecordComponent") // why: never compared
record PipelineTokenizer(String kind, AddedTokens added, AddedTokens addedNormalized, Normalizer normalizer,
        Splitter splitter, TokenModel model, Frame frame, byte[][] bytes) implements Tokenizer {

    private static final byte[] NO_BYTES = {};

    /**
     * Ids that stand around every text.
     *
     * @param before BOS or CLS, for example
     * @param behind SEP, for example
     */
    record Frame(List<Integer> before, List<Integer> behind) {

        static final Frame NONE = new Frame(List.of(), List.of());

        Frame {
            before = List.copyOf(before);
            behind = List.copyOf(behind);
        }
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        IntList ids = new IntList();
        frame.before().forEach(ids::add);
        if (!text.isEmpty()) {
            WordEncoder words = model.encoder();
            added.split(new Piece(text, true), parseSpecial,
                    plain -> encodeNormalized(plain, parseSpecial, words, ids), id -> addFound(id, ids));
        }
        frame.behind().forEach(ids::add);
        return ids.toArray();
    }

    private void encodeNormalized(Piece plain, boolean parseSpecial, WordEncoder words, IntList ids) {
        String normal = normalizer.normalize(plain.text());
        if (!normal.isEmpty()) {
            addedNormalized.split(plain.with(normal), parseSpecial,
                    piece -> splitter.split(piece, word -> words.encode(word.text(), ids)), id -> addFound(id, ids));
        }
    }

    /** why: a template, or whoever wrote the text, may have begun it with the token that begins every text. */
    private void addFound(int id, IntList ids) {
        boolean atStart = ids.size() == frame.before().size();
        if (!(atStart && addsBos() && frame.before().getLast() == id)) {
            ids.add(id);
        }
    }

    @Override
    public byte[] bytes(int id) {
        return id < bytes.length ? bytes[id] : NO_BYTES;
    }

    @Override
    public int vocabularySize() {
        return bytes.length;
    }

    @Override
    public boolean addsBos() {
        return !frame.before().isEmpty();
    }

    @Override
    public String toString() {
        return "PipelineTokenizer[" + kind + ", " + bytes.length + " tokens]";
    }
}

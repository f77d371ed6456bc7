package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.EndTokens;
import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * The vocabulary of a GGUF file.
 *
 * @param texts of the tokens, each in the form that its kind of tokenizer has, or literally when it is special or added
 * @param types one for each, numbered as GGUF does
 * @param frame what stands around every text
 */
@SuppressWarnings("ArrayRecordComponent") // why: one byte for each of up to millions of tokens; never compared
record GgufTokens(List<String> texts, byte[] types, Frame frame) {

    static final byte NORMAL = 1;
    static final byte UNKNOWN = 2;
    static final byte CONTROL = 3;
    static final byte USER_DEFINED = 4;
    static final byte UNUSED = 5;
    static final byte BYTE = 6;

    private static final byte[] NO_BYTES = {};

    GgufTokens {
        texts = List.copyOf(texts);
        if (types.length != texts.size()) {
            throw ModelFault.of("the model file is damaged: it has " + texts.size()
                    + " tokens but " + types.length + " token types");
        }
        for (int id : Stream.concat(frame.before().stream(), frame.behind().stream()).toList()) {
            if (id < 0 || id >= texts.size()) {
                throw ModelFault
                        .of("the model file is damaged: it has " + texts.size() + " tokens but names the token " + id);
            }
        }
    }

    static GgufTokens of(Metadata metadata, Frame frame) {
        List<String> tokens = metadata.requireTexts("tokenizer.ggml.tokens");
        List<Long> types = metadata.integers("tokenizer.ggml.token_type").orElse(List.of());
        byte[] kinds = new byte[types.isEmpty() ? tokens.size() : types.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = types.isEmpty() ? NORMAL : types.get(i).byteValue();
        }
        return new GgufTokens(tokens, kinds, frame);
    }

    /** The id that the metadata name for a role, or another where they say nothing of it; −1 for none in the vocabulary. */
    static int id(Metadata metadata, String role, int otherwise) {
        int size = metadata.requireTexts("tokenizer.ggml.tokens").size();
        return EndTokens.names(metadata, role)
                ? EndTokens.special(metadata, role, size).orElse(-1)
                : otherwise < size ? otherwise : -1;
    }

    /** BOS and EOS as the metadata want them around every text. */
    static Frame frame(Metadata metadata, int bos, boolean addsBos, int eos, boolean addsEos) {
        int before = id(metadata, "bos", bos);
        int behind = id(metadata, "eos", eos);
        boolean begins = metadata.flag("tokenizer.ggml.add_bos_token").orElse(addsBos);
        boolean ends = metadata.flag("tokenizer.ggml.add_eos_token").orElse(addsEos);
        return new Frame(begins && before >= 0 ? List.of(before) : List.of(),
                ends && behind >= 0 ? List.of(behind) : List.of());
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when there is not one for each token */
    static double[] scores(Metadata metadata, int tokens) {
        double[] scores = metadata.numbers("tokenizer.ggml.scores")
                .map(list -> list.stream().mapToDouble(Double::doubleValue).toArray()).orElseGet(() -> new double[0]);
        if (scores.length != tokens) {
            throw ModelFault.of("the model file is damaged: it has " + tokens
                    + " tokens but " + scores.length + " scores");
        }
        return scores;
    }

    /** Whether the token stands for no text of its own. */
    boolean isSpecial(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }

    /** Whether the token is part of what words are made of. */
    boolean isWord(int id) {
        return !isSpecial(id) && types[id] != BYTE;
    }

    VocabularyIndex index() {
        return new VocabularyIndex(texts, this::isWord);
    }

    /** why: llama.cpp finds user-defined tokens in any text, special ones only where the caller asks for them. */
    List<AddedToken> added() {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < types.length; id++) {
            if (isSpecial(id) || types[id] == USER_DEFINED) {
                added.add(AddedToken.plain(texts.get(id), id, isSpecial(id)));
            }
        }
        return added;
    }

    /** The texts of the tokens that a text is cut into, in the form that the tokenizer has. */
    Stream<String> normal() {
        return IntStream.range(0, types.length).filter(id -> types[id] == NORMAL).mapToObj(texts::get);
    }

    /** The bytes of each token. */
    byte[][] bytes(Function<String, byte[]> normal) {
        byte[][] bytes = new byte[types.length][];
        for (int id = 0; id < types.length; id++) {
            String text = texts.get(id);
            int value = types[id] == BYTE ? ByteTokens.value(text) : -1;
            if (isSpecial(id)) {
                bytes[id] = NO_BYTES;
            } else if (value >= 0) {
                bytes[id] = new byte[] {(byte) value};
            } else {
                bytes[id] = types[id] == USER_DEFINED ? text.getBytes(StandardCharsets.UTF_8) : normal.apply(text);
            }
        }
        return bytes;
    }

    ByteTokens byteTokens() {
        return ByteTokens.of(texts, id -> types[id] == BYTE);
    }

    void write(DataOutputStream out) throws IOException {
        DataForm.write(out, texts);
        DataForm.write(out, types);
        DataForm.write(out, frame);
    }

    static GgufTokens read(DataInputStream in) throws IOException {
        return new GgufTokens(DataForm.readTexts(in), DataForm.readBytes(in), DataForm.readFrame(in));
    }
}

package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * SentencePiece's unigram model from a GGUF file, as T5 has it.
 *
 * @param vocabulary its tokens
 * @param scores of each token
 * @param unknown the token for what has no other, −1 for none
 * @param spaceFirst whether a text begins with a blank that is not in it
 * @param mergeSpaces whether blanks at the ends go, and several in a row are one
 * @param replacements the table of {@link CharsMap}, empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // why: one number for each of up to millions of tokens; never compared
record UnigramData(GgufTokens vocabulary, double[] scores, int unknown, boolean spaceFirst, boolean mergeSpaces,
        byte[] replacements) implements TokenizerData {

    static UnigramData of(Metadata metadata) {
        Frame frame = GgufTokens.frame(metadata, -1, false, 1, true);
        GgufTokens vocabulary = GgufTokens.of(metadata, frame);
        List<Long> table = metadata.integers("tokenizer.ggml.precompiled_charsmap").orElse(List.of());
        byte[] replacements = new byte[table.size()];
        for (int i = 0; i < replacements.length; i++) {
            replacements[i] = table.get(i).byteValue();
        }
        return new UnigramData(vocabulary, GgufTokens.scores(metadata, vocabulary.texts().size()),
                GgufTokens.id(metadata, "unknown", 2), metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true),
                metadata.flag("tokenizer.ggml.remove_extra_whitespaces").orElse(false), replacements);
    }

    @Override
    public List<String> tokens() {
        return vocabulary.texts();
    }

    @Override
    public Tokenizer create() {
        CharsMap table = replacements.length == 0 ? null : new CharsMap(replacements);
        double[] known = scores.clone();
        for (int id = 0; id < known.length; id++) {
            known[id] = vocabulary.types()[id] == GgufTokens.USER_DEFINED ? 0 : known[id];
        }
        UnigramModel model = new UnigramModel(vocabulary.index(), known,
                id -> vocabulary.types()[id] == GgufTokens.NORMAL, unknown, vocabulary.byteTokens());
        return new PipelineTokenizer("gguf-unigram", new AddedTokens(vocabulary.added()), new AddedTokens(List.of()),
                text -> normalize(text, table), Splitter.NONE, model, vocabulary.frame(), vocabulary.bytes(Meta::bytes));
    }

    private String normalize(String text, @Nullable CharsMap table) {
        String replaced = table == null ? text : table.replaceLongest(text);
        StringBuilder out = new StringBuilder(replaced.length() + 1);
        boolean inWord = false;
        boolean begun = false;
        for (int i = 0; i < replaced.length(); i++) {
            char c = replaced.charAt(i);
            if (c != ' ') {
                if (!inWord && (mergeSpaces || (spaceFirst && !begun))) {
                    out.append(Meta.SIGN);
                    begun = true;
                }
                inWord = true;
                out.append(c);
            } else {
                inWord = false;
                if (!mergeSpaces) {
                    out.append(Meta.SIGN);
                }
            }
        }
        return out.toString();
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        vocabulary.write(out);
        DataForm.write(out, scores);
        out.writeInt(unknown);
        out.writeBoolean(spaceFirst);
        out.writeBoolean(mergeSpaces);
        DataForm.write(out, replacements);
    }

    static UnigramData read(DataInputStream in) throws IOException {
        return new UnigramData(GgufTokens.read(in), DataForm.readDoubles(in), in.readInt(), in.readBoolean(),
                in.readBoolean(), DataForm.readBytes(in));
    }
}

package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * SentencePiece's byte pair encoding from a GGUF file: TinyLlama, Mistral, Phi-3, Gemma.
 *
 * @param vocabulary its tokens
 * @param scores of each token
 * @param unknown the token for what has no other, −1 for none
 * @param spaceFirst whether a text, and what follows a special token, begins with a blank that is not in it
 * @param specialsTakeBlanks whether blanks behind a special token belong to it, as in Phi-3
 */
@SuppressWarnings("ArrayRecordComponent") // why: one number for each of up to millions of tokens; never compared
record SentencePieceData(GgufTokens vocabulary, double[] scores, int unknown, boolean spaceFirst,
        boolean specialsTakeBlanks) implements TokenizerData {

    /** Phi-3's special tokens that leave the blanks behind them alone, as its published tokenizer says. */
    private static final Set<String> TAKE_NOTHING = Set.of("<unk>", "<s>", "<|endoftext|>");

    static SentencePieceData of(Metadata metadata) {
        Frame frame = GgufTokens.frame(metadata, 1, true, 2, false);
        GgufTokens vocabulary = GgufTokens.of(metadata, frame);
        String name = metadata.text("general.name").orElse("").toLowerCase(Locale.ROOT);
        return new SentencePieceData(vocabulary, GgufTokens.scores(metadata, vocabulary.texts().size()),
                GgufTokens.id(metadata, "unknown", 0), metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true),
                name.contains("phi-3") || name.contains("phi3"));
    }

    @Override
    public List<String> tokens() {
        return vocabulary.texts();
    }

    @Override
    public Tokenizer create() {
        List<AddedToken> added = vocabulary.added().stream().map(token -> specialsTakeBlanks
                && !TAKE_NOTHING.contains(token.text())
                        ? new AddedToken(token.text(), token.id(), token.special(), false, false, false, true)
                        : token)
                .toList();
        Normalizer normalizer = spaceFirst ? text -> Meta.SIGN + Meta.write(text) : Meta::write;
        return new PipelineTokenizer("gguf-spm", new AddedTokens(added), new AddedTokens(List.of()), normalizer,
                Splitter.NONE, new ScoreMergeModel(vocabulary.index(), scores, vocabulary.byteTokens(), unknown),
                vocabulary.frame(), vocabulary.bytes(Meta::bytes));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        vocabulary.write(out);
        DataForm.write(out, scores);
        out.writeInt(unknown);
        out.writeBoolean(spaceFirst);
        out.writeBoolean(specialsTakeBlanks);
    }

    static SentencePieceData read(DataInputStream in) throws IOException {
        return new SentencePieceData(GgufTokens.read(in), DataForm.readDoubles(in), in.readInt(), in.readBoolean(),
                in.readBoolean());
    }
}

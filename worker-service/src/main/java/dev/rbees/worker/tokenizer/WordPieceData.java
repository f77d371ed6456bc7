package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * BERT's WordPiece from a GGUF file, in which the first token of a word begins with {@code ▁} and the others with nothing.
 *
 * @param vocabulary its tokens
 * @param unknown what a word becomes that cannot be written with tokens
 */
record WordPieceData(GgufTokens vocabulary, int unknown) implements TokenizerData {

    private static final int CLS = 101;
    private static final int SEP = 102;
    private static final int UNKNOWN = 100;

    static WordPieceData of(Metadata metadata) {
        int cls = GgufTokens.id(metadata, "cls", GgufTokens.id(metadata, "bos", CLS));
        // why: the format's own spelling
        int sep = GgufTokens.id(metadata, "seperator", GgufTokens.id(metadata, "eos", SEP));
        return new WordPieceData(GgufTokens.of(metadata, new Frame(List.of(cls), List.of(sep))),
                GgufTokens.id(metadata, "unknown", UNKNOWN));
    }

    @Override
    public List<String> tokens() {
        return vocabulary.texts();
    }

    @Override
    public Tokenizer create() {
        Splitter words = Splitter.sequence(List.of(CharacterSplitter.atBlanks(), CharacterSplitter.atPunctuation()));
        WordPieceModel model = new WordPieceModel(vocabulary.index(),
                new WordPieceModel.Rules(String.valueOf(Meta.SIGN), "", unknown, Integer.MAX_VALUE));
        return new PipelineTokenizer("gguf-wordpiece", new AddedTokens(vocabulary.added()), new AddedTokens(List.of()),
                new BertNormalizer(true, true, true, true), words, model, vocabulary.frame(),
                vocabulary.bytes(Meta::bytes));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        vocabulary.write(out);
        out.writeInt(unknown);
    }

    static WordPieceData read(DataInputStream in) throws IOException {
        return new WordPieceData(GgufTokens.read(in), in.readInt());
    }
}

package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * Byte pair encoding from a GGUF file.
 *
 * @param vocabulary its tokens
 * @param pretokenizer how a text is cut into words first
 * @param merges left, right and result of each merge in turn, the most important first
 */
@SuppressWarnings("ArrayRecordComponent") // why: up to a million numbers; never compared
record BytePairData(GgufTokens vocabulary, Pretokenizer pretokenizer, int[] merges) implements TokenizerData {

    /** Where GGUF files name how texts are cut into words first. */
    static final String PRETOKENIZER = "tokenizer.ggml.pre";
    private static final int NONE = -1;

    /** @param merges pairs of tokens, the most important first, each as "left right" */
    static BytePairData of(GgufTokens vocabulary, Pretokenizer pretokenizer, List<String> merges) {
        return new BytePairData(vocabulary, pretokenizer, MergeList.of(merges, vocabulary.index()));
    }

    static BytePairData of(Metadata metadata, String model) {
        String name = model.equals("gpt2") ? metadata.text(PRETOKENIZER).orElse("default") : model;
        Pretokenizer pretokenizer = Pretokenizer.of(name);
        Frame frame = GgufTokens.frame(metadata, NONE, pretokenizer.addsBos(), NONE, false);
        return of(GgufTokens.of(metadata, frame), pretokenizer, metadata.requireTexts("tokenizer.ggml.merges"));
    }

    @Override
    public List<String> tokens() {
        return vocabulary.texts();
    }

    @Override
    public Tokenizer create() {
        boolean byteLevel = pretokenizer.byteLevel();
        ByteTokens bytes = byteLevel ? null : vocabulary.byteTokens();
        BytePairModel model = new BytePairModel(vocabulary.index(), new MergeTable(merges),
                new BytePairModel.Rules(pretokenizer.wholeWords(), bytes, NONE, false));
        return new PipelineTokenizer("gguf-bpe", new AddedTokens(vocabulary.added()), new AddedTokens(List.of()),
                byteLevel ? Normalizer.NONE : Meta::write, pretokenizer.splitter(), model, vocabulary.frame(),
                vocabulary.bytes(byteLevel ? ByteAlphabet::bytes : Meta::bytes));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        vocabulary.write(out);
        out.writeUTF(pretokenizer.name());
        DataForm.write(out, merges);
    }

    static BytePairData read(DataInputStream in) throws IOException {
        return new BytePairData(GgufTokens.read(in), Pretokenizer.valueOf(in.readUTF()), DataForm.readInts(in));
    }
}

package dev.rbees.worker.tokenizer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.model.ModelFault;

/** What a tokenizer is made of, as the model's files have it: one record for each kind. */
public sealed interface TokenizerData permits BytePairData, SentencePieceData, UnigramData, WordPieceData, JsonData {

    /** The vocabulary in order of the ids; an id that is not in use has an empty text. */
    List<String> tokens();

    /**
     * The same without added tokens that the model has no embedding for, with a warning. Other tokens beyond the vocabulary stay, for
     * whoever refuses them.
     *
     * @param vocabulary embeddings of the model
     */
    default TokenizerData within(int vocabulary) {
        return this;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the data ask for something that is not supported, or contradict itself */
    Tokenizer create();

    /** Writes what {@link #load} reads back, after the name of the kind. */
    void write(DataOutputStream out) throws IOException;

    /** @throws RbeesException MODEL_LOAD_FAILED when it is of a kind that is not supported, or incomplete */
    static TokenizerData of(Metadata metadata) {
        String model = metadata.requireText("tokenizer.ggml.model");
        return switch (model) {
            case "gpt2", "gemma4" -> BytePairData.of(metadata, model);
            case "llama" -> SentencePieceData.of(metadata);
            case "t5" -> UnigramData.of(metadata);
            case "bert" -> WordPieceData.of(metadata);
            default -> throw ModelFault.of("the model has a tokenizer of kind '" + model
                    + "'; this version of rbees supports gpt2 and gemma4 (byte pairs), llama (SentencePiece), t5 (unigram)"
                    + " and bert (WordPiece)");
        };
    }

    /**
     * Reads the {@code tokenizer.json} of a model's folder.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when there is none, or it cannot be read
     */
    static TokenizerData ofFolder(Path folder) {
        return TokenizerJson.read(folder.resolve("tokenizer.json"));
    }

    /** Writes it to a file of our own form, which {@link #load} reads. */
    default void save(Path file) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
            DataForm.writeHead(out, getClass());
            write(out);
        }
    }

    /** @throws IOException also when it is no such file, or one of another version of rbees */
    static TokenizerData load(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            return DataForm.read(in);
        }
    }
}

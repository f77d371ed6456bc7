package dev.rbees.worker.tokenizer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.Metadata;

/**
 * What a byte-level BPE tokenizer is made of, as the model's file has it.
 *
 * @param pretokenizer how a text is cut into words first
 * @param tokens the vocabulary, each token written in the byte alphabet, or literally when it is special or added
 * @param types one for each token
 * @param merges pairs of tokens, the most important first, each as "left right"
 * @param addBos whether a text begins with the BOS token
 * @param bosId that token, −1 for none
 */
@SuppressWarnings("ArrayRecordComponent") // why: one byte for each of up to millions of tokens; never compared
public record TokenizerData(Pretokenizer pretokenizer, List<String> tokens, byte[] types, List<String> merges,
        boolean addBos, int bosId) {

    /** The kinds of tokens as GGUF numbers them. */
    public static final byte NORMAL = 1;
    public static final byte UNKNOWN = 2;
    public static final byte CONTROL = 3;
    public static final byte USER_DEFINED = 4;

    private static final int MAX_VOCABULARY = 4 * 1024 * 1024;

    public TokenizerData {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when it is of another kind, or incomplete */
    public static TokenizerData of(Metadata metadata) {
        String model = metadata.requireText("tokenizer.ggml.model");
        if (!model.equals("gpt2")) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model has a tokenizer of kind '" + model
                    + "'; this version of rbees supports gpt2 (byte-level BPE)");
        }
        List<String> tokens = metadata.requireTexts("tokenizer.ggml.tokens");
        List<Long> types = metadata.integers("tokenizer.ggml.token_type").orElse(List.of());
        if (!types.isEmpty() && types.size() != tokens.size()) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED,
                    "the model file is damaged: it has " + tokens.size() + " tokens but " + types.size() + " token types");
        }
        byte[] kinds = new byte[tokens.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = types.isEmpty() ? NORMAL : types.get(i).byteValue();
        }
        int bos = metadata.integer("tokenizer.ggml.bos_token_id").map(Long::intValue).orElse(-1);
        boolean addBos = metadata.flag("tokenizer.ggml.add_bos_token").orElse(false);
        return new TokenizerData(Pretokenizer.of(metadata.text("tokenizer.ggml.pre").orElse("default")), tokens, kinds,
                metadata.requireTexts("tokenizer.ggml.merges"), addBos && bos >= 0 && bos < tokens.size(), bos);
    }

    /** Writes it to a file of our own form, which {@link #load} reads. */
    public void save(Path file) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeUTF(pretokenizer.name());
            out.writeBoolean(addBos);
            out.writeInt(bosId);
            writeTexts(out, tokens);
            out.write(types);
            writeTexts(out, merges);
        }
    }

    public static TokenizerData load(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            Pretokenizer pretokenizer = Pretokenizer.valueOf(in.readUTF());
            boolean addBos = in.readBoolean();
            int bos = in.readInt();
            List<String> tokens = readTexts(in);
            byte[] types = in.readNBytes(tokens.size());
            return new TokenizerData(pretokenizer, tokens, types, readTexts(in), addBos, bos);
        }
    }

    private static void writeTexts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static List<String> readTexts(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_VOCABULARY) {
            throw new IOException("a list of " + count + " texts");
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return texts;
    }

    /** Whether the token stands for no text of its own. */
    public boolean isSpecial(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }
}

package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Byte-level BPE as GPT-2 introduced it: a text's UTF-8 bytes, cut into words, merged pair by pair. */
public final class BytePairTokenizer implements Tokenizer {

    private static final byte[] NO_BYTES = {};

    private final Pretokenizer pretokenizer;
    private final byte[][] bytes;
    private final int[] byteTokens = new int[256];
    private final MergeTable merges;
    /** why: llama.cpp finds user-defined tokens in any text, special ones only where the caller asks for them. */
    private final SpecialTokens userDefined = new SpecialTokens();
    private final SpecialTokens allSpecial = new SpecialTokens();
    private final int bosId;

    public BytePairTokenizer(TokenizerData data) {
        pretokenizer = data.pretokenizer();
        List<String> tokens = data.tokens();
        bytes = new byte[tokens.size()][];
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            ids.putIfAbsent(token, id);
            bytes[id] = bytesOf(data, id, token);
        }
        for (int b = 0; b < 256; b++) {
            byteTokens[b] = ids.getOrDefault(String.valueOf(ByteAlphabet.letter(b)), -1);
        }
        merges = MergeTable.of(data.merges(), ids);
        bosId = data.addBos() ? data.bosId() : -1;
    }

    private byte[] bytesOf(TokenizerData data, int id, String token) {
        if (data.isSpecial(id)) {
            allSpecial.add(token, id);
            return NO_BYTES;
        }
        if (data.types()[id] == TokenizerData.USER_DEFINED) {
            allSpecial.add(token, id);
            userDefined.add(token, id);
            return token.getBytes(StandardCharsets.UTF_8);
        }
        return ByteAlphabet.bytes(token);
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        IntList ids = new IntList();
        if (bosId >= 0) {
            ids.add(bosId);
        }
        WordMerger merger = new WordMerger(merges);
        SpecialTokens special = parseSpecial ? allSpecial : userDefined;
        special.split(text, plain -> pretokenizer.split(plain, word -> encodeWord(word, merger, ids)), ids::add);
        return ids.toArray();
    }

    private void encodeWord(CharSequence word, WordMerger merger, IntList ids) {
        byte[] utf8 = word.toString().getBytes(StandardCharsets.UTF_8);
        int[] symbols = new int[utf8.length];
        int count = 0;
        for (byte b : utf8) {
            int token = byteTokens[b & 0xFF];
            if (token >= 0) {
                symbols[count++] = token;
            }
        }
        if (count > 0) {
            merger.merge(symbols, count, ids);
        }
    }

    @Override
    public byte[] bytes(int id) {
        return bytes[id];
    }

    @Override
    public int vocabularySize() {
        return bytes.length;
    }

    @Override
    public boolean addsBos() {
        return bosId >= 0;
    }

    @Override
    public String kind() {
        return "gguf-bpe";
    }

    @Override
    public String toString() {
        return "BytePairTokenizer[" + pretokenizer + ", " + bytes.length + " tokens, "
                + Arrays.stream(byteTokens).filter(token -> token < 0).count() + " bytes without a token]";
    }
}

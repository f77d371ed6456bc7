package dev.rbees.worker.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/**
 * A {@code tokenizer.json}.
 *
 * @param words the model's vocabulary in order of the ids, without added tokens; an id not in use has an empty text
 * @param scores of each word in a unigram model, else empty
 * @param merges left, right and result of each merge in turn in a model of byte pairs, else empty
 * @param definition everything else, as JSON
 */
@SuppressWarnings("ArrayRecordComponent") // why: up to a million numbers; never compared
record JsonData(List<String> words, double[] scores, int[] merges, String definition) implements TokenizerData {

    private static final Logger LOG = LoggerFactory.getLogger(JsonData.class);
    private static final byte[] NO_BYTES = {};
    private static final int MAX_TOKENS = 4 * 1024 * 1024;

    JsonData {
        words = List.copyOf(words);
    }

    @Override
    public List<String> tokens() {
        return tokens(added(root()));
    }

    private List<String> tokens(List<AddedToken> added) {
        List<String> tokens = new ArrayList<>(words);
        for (AddedToken token : added) {
            while (tokens.size() <= token.id()) {
                tokens.add("");
            }
            tokens.set(token.id(), token.text());
        }
        return tokens;
    }

    /**
     * why: the smaller models of a family share the tokenizer of the larger ones, with a sign for images that they have no embedding
     * for.
     */
    @Override
    public JsonData within(int vocabulary) {
        ObjectNode root = (ObjectNode) root();
        List<AddedToken> beyond = added(root).stream().filter(token -> token.id() >= vocabulary).toList();
        if (beyond.isEmpty()) {
            return this;
        }
        beyond.forEach(token -> LOG.warn(
                "the model's added token '{}' has the id {}, and there are {} embeddings: it is passed"
                        + " over, and its text is text like any other",
                Printable.text(token.text()), token.id(), vocabulary));
        ArrayNode kept = root.arrayNode();
        root.path("added_tokens").valueStream().filter(node -> node.path("id").asInt() < vocabulary).forEach(kept::add);
        root.set("added_tokens", kept);
        Set<String> dropped = beyond.stream().map(AddedToken::text).collect(Collectors.toSet());
        boolean listedAsWords = words.size() > vocabulary && scores.length == 0
                && words.subList(vocabulary, words.size()).stream()
                        .allMatch(word -> word.isEmpty() || dropped.contains(word));
        return new JsonData(listedAsWords ? words.subList(0, vocabulary) : words, scores, merges, root.toString());
    }

    /** Whether texts are merged from pairs. */
    boolean isBytePairs() {
        return part(root(), "model").type().equals("BPE");
    }

    JsonNode root() {
        return TokenizerJson.mapper().readTree(definition);
    }

    private static JsonPart part(JsonNode root, String role) {
        return new JsonPart(role, root.path(role));
    }

    @Override
    public Tokenizer create() {
        JsonNode root = root();
        Normalizer normalizer = JsonNormalizers.of(part(root, "normalizer"));
        List<AddedToken> added = added(root);
        List<AddedToken> literal = added.stream().filter(token -> !token.normalized()).toList();
        List<AddedToken> normalized = added.stream().filter(AddedToken::normalized)
                .map(token -> new AddedToken(normalizer.normalize(token.text()), token.id(), token.special(), true,
                        token.singleWord(), token.takesLeft(), token.takesRight()))
                .toList();
        JsonPart post = part(root, "post_processor");
        Frame frame = JsonFrame.of(post);
        byte[][] bytes = bytes(JsonDecoder.of(part(root, "decoder")), added);
        for (int id : Stream.concat(frame.before().stream(), frame.behind().stream()).toList()) {
            if (id < 0 || id >= bytes.length) {
                throw post.damaged("it names the token " + id + ", which is not among its " + bytes.length + " tokens");
            }
        }
        return new PipelineTokenizer("hf-json", new AddedTokens(literal), new AddedTokens(normalized), normalizer,
                JsonSplitters.of(part(root, "pre_tokenizer")), model(part(root, "model"), added),
                frame, bytes);
    }

    private byte[][] bytes(JsonDecoder decoder, List<AddedToken> added) {
        List<String> tokens = tokens(added);
        byte[][] bytes = new byte[tokens.size()][];
        for (int id = 0; id < words.size(); id++) {
            bytes[id] = words.get(id).isEmpty() ? NO_BYTES : decoder.bytes(words.get(id));
        }
        for (AddedToken token : added) {
            bytes[token.id()] = token.special() ? NO_BYTES : token.text().getBytes(StandardCharsets.UTF_8);
        }
        for (int id = words.size(); id < bytes.length; id++) {
            bytes[id] = bytes[id] == null ? NO_BYTES : bytes[id];
        }
        return bytes;
    }

    private static List<AddedToken> added(JsonNode root) {
        return root.path("added_tokens").valueStream().map(node -> added(new JsonPart("added token", node))).toList();
    }

    private static AddedToken added(JsonPart token) {
        int id = token.integer("id", -1);
        if (id < 0 || id >= MAX_TOKENS) {
            throw token.damaged("its id is " + token.node().path("id"));
        }
        boolean special = token.flag("special", false);
        return new AddedToken(token.requireText("content"), id, special, token.flag("normalized", !special),
                token.flag("single_word", false), token.flag("lstrip", false), token.flag("rstrip", false));
    }

    private TokenModel model(JsonPart part, List<AddedToken> added) {
        VocabularyIndex index = new VocabularyIndex(words, _ -> true);
        ByteTokens bytes = part.flag("byte_fallback", false) ? ByteTokens.of(words, _ -> true) : null;
        return switch (part.type()) {
            case "BPE" -> bytePairs(part, index, bytes, added);
            case "Unigram" -> new UnigramModel(index, scores, _ -> true, unknownId(part), bytes);
            case "WordPiece" -> new WordPieceModel(index, new WordPieceModel.Rules("",
                    part.text("continuing_subword_prefix", "##"), unknown(part, index, added),
                    part.integer("max_input_chars_per_word", 100)));
            default -> throw part.unsupported("BPE, Unigram, WordPiece");
        };
    }

    private BytePairModel bytePairs(JsonPart part, VocabularyIndex index, @Nullable ByteTokens bytes,
            List<AddedToken> added) {
        if (!part.text("continuing_subword_prefix", "").isEmpty()) {
            throw part.unsupportedSetting("continuing_subword_prefix", "none");
        }
        if (!part.text("end_of_word_suffix", "").isEmpty()) {
            throw part.unsupportedSetting("end_of_word_suffix", "none");
        }
        return new BytePairModel(index, new MergeTable(merges), new BytePairModel.Rules(part.flag("ignore_merges", false),
                bytes, unknown(part, index, added), part.flag("fuse_unk", false)));
    }

    private int unknownId(JsonPart part) {
        int id = part.integer("unk_id", -1);
        if (id < -1 || id >= words.size()) {
            throw part.damaged("its unk_id " + id + " is not among its " + words.size() + " tokens");
        }
        return id;
    }

    private static int unknown(JsonPart part, VocabularyIndex index, List<AddedToken> added) {
        String token = part.text("unk_token", "");
        int id = index.find(token);
        return id >= 0
                ? id
                : added.stream().filter(a -> a.text().equals(token)).mapToInt(AddedToken::id).findFirst().orElse(-1);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the parts do not fit together */
    void check() {
        if (part(root(), "model").type().equals("Unigram") && scores.length != words.size()) {
            throw ModelFault.of("the model's tokenizer.json is damaged: it has "
                    + words.size() + " words but " + scores.length + " scores");
        }
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        DataForm.write(out, words);
        DataForm.write(out, scores);
        DataForm.write(out, merges);
        DataForm.write(out, definition.getBytes(StandardCharsets.UTF_8));
    }

    static JsonData read(DataInputStream in) throws IOException {
        return new JsonData(DataForm.readTexts(in), DataForm.readDoubles(in), DataForm.readInts(in),
                new String(DataForm.readBytes(in), StandardCharsets.UTF_8));
    }
}

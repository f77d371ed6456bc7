package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.Metadata;
import dev.rbees.worker.model.ModelFault;

/**
 * Finds what a tokenizer lacks although it can be used: texts then become other tokens than the model was trained with, and its
 * answers are worse than they could be, which nobody notices.
 */
public final class TokenizerCheck {

    private static final String BYTE_LEVEL = "ByteLevel";
    private static final String AGAIN = "; download or convert the model again";

    private TokenizerCheck() {}

    /**
     * Checks the tokenizer of a GGUF file.
     *
     * @return what is doubtful, a sentence each
     * @throws RbeesException MODEL_LOAD_FAILED when no text can be read right with it
     */
    public static List<String> ofGguf(Metadata metadata, TokenizerData data) {
        List<String> doubts = new ArrayList<>();
        if (data instanceof BytePairData pairs) {
            if (pairs.pretokenizer().byteLevel() && metadata.text(BytePairData.PRETOKENIZER).isEmpty()) {
                doubts.add("the model does not name its pre-tokenizer (" + BytePairData.PRETOKENIZER
                        + "), and GPT-2's is used, so that its answers may be worse than they could be" + AGAIN);
            }
            if (pairs.merges().length == 0 && hasLongWords(pairs.vocabulary().normal())) {
                doubts.add(requireWholeWords(pairs.pretokenizer().wholeWords()));
            }
        }
        return doubts;
    }

    /** The same for a tokenizer of a folder. */
    public static List<String> ofFolder(TokenizerData data) {
        List<String> doubts = new ArrayList<>();
        if (data instanceof JsonData json && json.isBytePairs()) {
            JsonNode root = json.root();
            Set<String> added = root.path("added_tokens").valueStream().map(token -> token.path("content").asString(""))
                    .collect(Collectors.toSet());
            if (json.merges().length == 0 && hasLongWords(json.words().stream().filter(word -> !added.contains(word)))) {
                doubts.add(requireWholeWords(root.path("model").path("ignore_merges").asBoolean(false)));
            }
            if (!splits(root)) {
                requireBlanks(root, json.words());
                doubts.add(
                        "the model's tokenizer.json has no pre-tokenizer, so that texts are not cut into words before they"
                                + " are merged, and its answers may be worse than they could be" + AGAIN);
            }
        }
        return doubts;
    }

    /** Whether something is done to a text before it is merged. */
    private static boolean splits(JsonNode root) {
        return Stream.of("pre_tokenizer", "normalizer").anyMatch(part -> root.path(part).isObject());
    }

    /** why: the signs that stand for bytes in such a vocabulary are written by the pre-tokenizer. */
    private static void requireBlanks(JsonNode root, List<String> words) {
        boolean byteLevel = root.path("decoder").findValues("type").stream()
                .anyMatch(type -> type.asString("").equals(BYTE_LEVEL));
        if (byteLevel && !words.contains(" ")) {
            throw ModelFault.of("the model's tokenizer.json has no pre-tokenizer, and its vocabulary of bytes cannot be used"
                    + " without one" + AGAIN);
        }
    }

    private static String requireWholeWords(boolean wholeWords) {
        if (!wholeWords) {
            throw ModelFault
                    .of("the model's tokenizer merges byte pairs and has no merges that fit its tokens, so that every"
                            + " text would become single characters" + AGAIN);
        }
        return "the model's tokenizer has no merges that fit its tokens, so that every word that is no token of its own"
                + " becomes single characters, and its answers may be worse than they could be" + AGAIN;
    }

    /** Whether there are tokens that only merges make; those for bytes are none. */
    private static boolean hasLongWords(Stream<String> words) {
        return words.anyMatch(word -> word.codePointCount(0, word.length()) > 1 && ByteTokens.value(word) < 0);
    }
}

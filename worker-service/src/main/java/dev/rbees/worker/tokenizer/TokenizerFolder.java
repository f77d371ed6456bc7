package dev.rbees.worker.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** What a folder that is made for transformers says of texts; not read yet. */
public record TokenizerFolder(TokenizerData data, @Nullable String bosToken, @Nullable String eosToken, List<Integer> endIds,
        @Nullable String chatTemplate) {

    /** @throws RbeesException MODEL_LOAD_FAILED always */
    public static TokenizerFolder read(Path folder) {
        String found = Files.exists(folder.resolve("tokenizer.json")) ? "a tokenizer.json, which is not read yet"
                : "no tokenizer.json";
        throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model folder has " + found);
    }
}

package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.EndTokens;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.GgufShape;
import dev.rbees.worker.model.SafetensorsFolder;
import dev.rbees.worker.model.TensorSource;
import dev.rbees.worker.model.TransformersConfig;
import dev.rbees.worker.tokenizer.TokenizerCheck;
import dev.rbees.worker.tokenizer.TokenizerData;
import dev.rbees.worker.tokenizer.TokenizerFolder;

/**
 * A model that is to be imported: all that its file, or the files of its folder, say.
 *
 * @param tensors its weights
 * @param shape its dimensions
 * @param tokenizer its tokenizer
 * @param ends the tokens that begin and end texts
 * @param chatTemplate its template for conversations, if it has one
 * @param warnings what is doubtful about its texts, a sentence each
 */
record SourceModel(TensorSource tensors, DecoderShape shape, TokenizerData tokenizer, EndTokens ends,
        @Nullable String chatTemplate, List<String> warnings) implements AutoCloseable {

    /** @throws RbeesException MODEL_LOAD_FAILED when it is damaged or not supported */
    static SourceModel open(Path path) throws IOException {
        return Files.isDirectory(path) ? ofFolder(path) : ofGguf(path);
    }

    private static SourceModel ofGguf(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            DecoderShape shape = GgufShape.of(file);
            TokenizerData tokenizer = TokenizerData.of(file.metadata());
            return new SourceModel(file, shape, tokenizer, EndTokens.of(file.metadata(), tokenizer.tokens()),
                    file.metadata().text("tokenizer.chat_template").orElse(null),
                    TokenizerCheck.ofGguf(file.metadata(), tokenizer));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static SourceModel ofFolder(Path folder) throws IOException {
        TransformersConfig config = TransformersConfig.read(folder);
        DecoderShape shape = config.shape();
        TokenizerFolder tokenizer = TokenizerFolder.read(folder, shape.vocabulary());
        List<String> warnings = TokenizerCheck.ofFolder(tokenizer.data());
        return new SourceModel(weights(folder, config), shape, tokenizer.data(),
                new EndTokens(tokenizer.bosToken(), tokenizer.eosToken(), tokenizer.endIds()), tokenizer.chatTemplate(),
                warnings);
    }

    /** The weights of a folder, which has a head or ties it to its embedding. */
    static TensorSource weights(Path folder, TransformersConfig config) {
        SafetensorsFolder files = SafetensorsFolder.open(folder, config.architecture());
        try {
            config.requireHead(files);
            return files;
        } catch (RbeesException e) {
            files.close();
            throw e;
        }
    }

    @Override
    public void close() {
        tensors.close();
    }
}

package dev.rbees.worker.lifecycle;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.template.TemplateException;
import dev.rbees.worker.tokenizer.Tokenizer;

/** Puts together what a model needs to read and write texts. */
final class LoadedTexts {

    private LoadedTexts() {}

    /**
     * A model with its tokenizer, and its template as far as it can be used.
     *
     * <p>
     * why: without its template a model still completes raw prompts, so that is no reason to fail.
     *
     * @param template for conversations, null for none
     * @throws RbeesException MODEL_LOAD_FAILED when an end token is not in the vocabulary
     */
    static LoadedModel of(String id, Tokenizer tokenizer, @Nullable String template, @Nullable String bosToken,
            @Nullable String eosToken, Set<Integer> endIds, Clock clock) {
        ChatTemplate parsed = null;
        String problem = "it has no chat template";
        if (template != null) {
            try {
                parsed = ChatTemplate.parse(template, bosToken, eosToken, clock);
            } catch (TemplateException e) {
                problem = "its chat template is not supported (" + e.getMessage() + ")";
            }
        }
        // why: an import lies on a disk that may have damaged it
        Optional<Integer> outside = endIds.stream().filter(end -> end < 0 || end >= tokenizer.vocabularySize()).findFirst();
        if (outside.isPresent()) {
            throw ModelFault.of("the end token " + outside.get() + " is not in the model's vocabulary of "
                    + tokenizer.vocabularySize()
                    + " tokens; remove the model's folder below RBEES_HOME/cache and try again");
        }
        return new LoadedModel(id, tokenizer, parsed, parsed == null ? problem : null, bosToken, endIds);
    }

    /**
     * What the user should hear of a model that works all the same.
     *
     * @param template that it came with, null for none
     * @param ofTokenizer what is doubtful about its tokenizer
     */
    static List<String> warnings(LoadedModel model, @Nullable String template, List<String> ofTokenizer) {
        Stream<String> ofTemplate = template == null || model.template() != null
                ? Stream.empty()
                : Stream.of("it takes no messages: " + model.templateProblem());
        return Stream.concat(ofTokenizer.stream(), ofTemplate).map(Printable::message).toList();
    }
}

package dev.rbees.worker.generation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.worker.grammar.Constraint;
import dev.rbees.worker.grammar.Grammars;
import dev.rbees.worker.grammar.TokenTrie;
import dev.rbees.worker.tokenizer.Tokenizer;

/** Keeps the answers of a model to the forms that are asked for. Safe for many threads. */
final class AnswerForms {

    private final LoadedModel model;
    /** why: made by the first request that asks for a form, because most models are never asked for one. */
    @GuardedBy("this")
    private @Nullable Grammars made;

    AnswerForms(LoadedModel model) {
        this.model = model;
    }

    /**
     * What keeps an answer to its form, behind the tokens that it begins with; null when it may have any form.
     *
     * @throws RbeesException INVALID_REQUEST when the form is not supported, or the beginning is not of that form
     */
    @Nullable
    Constraint constraint(ResponseFormat format, int[] beginning) {
        Constraint constraint = switch (format) {
            case ResponseFormat.Text _ -> null;
            case ResponseFormat.JsonObject _ -> grammars().anyObject();
            case ResponseFormat.JsonSchema(JsonNode schema) -> grammars().of(schema);
        };
        if (constraint != null) {
            for (int token : beginning) {
                if (!constraint.allows(token)) {
                    throw RbeesException.invalid("resume.token_ids", "response_format",
                            "resume.token_ids has the token " + token + ", which cannot follow in the response_format");
                }
                constraint.accept(token);
            }
        }
        return constraint;
    }

    private synchronized Grammars grammars() {
        Grammars grammars = made;
        if (grammars == null) {
            Tokenizer tokenizer = model.tokenizer();
            int[] ends = model.endIds().stream().mapToInt(Integer::intValue).filter(id -> id < tokenizer.vocabularySize())
                    .toArray();
            grammars = new Grammars(new TokenTrie(tokenizer.vocabularySize(), tokenizer::bytes, ends), System::nanoTime);
            made = grammars;
        }
        return grammars;
    }
}

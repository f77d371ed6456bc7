package dev.rbees.worker.generation;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.template.TemplateException;
import dev.rbees.worker.tokenizer.Tokenizer;

/**
 * What is needed to turn prompts into tokens and tokens into text.
 *
 * @param id what requests call the model
 * @param tokenizer of the model
 * @param template for conversations, null when the model has none that we can use
 * @param templateProblem why it has none, for the client
 * @param bosToken text of the token that begins a text, if there is one
 * @param endIds ids that end an answer
 */
public record LoadedModel(String id, Tokenizer tokenizer, @Nullable ChatTemplate template, @Nullable String templateProblem,
        @Nullable String bosToken, Set<Integer> endIds) {

    public LoadedModel {
        endIds = Set.copyOf(endIds);
    }

    /**
     * The tokens of a prompt: a raw text as it is, a conversation through the model's template.
     *
     * @throws RbeesException INVALID_REQUEST when the model cannot take the conversation
     */
    public int[] encode(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Raw(String text) -> tokenizer.encode(text, true);
            case Prompt.Chat(List<Message> messages) -> tokenizer.encode(withoutBos(render(messages)), true);
        };
    }

    private String render(List<Message> messages) {
        if (template == null) {
            throw RbeesException.invalid("messages", "chat_template", "the model " + id + " takes no messages: "
                    + templateProblem + "; send a prompt instead");
        }
        try {
            return template.render(messages);
        } catch (TemplateException e) {
            // why: a fault of the template is none of the worker, and trying again elsewhere ends alike
            throw RbeesException.invalid("messages", "chat_template", e.raisedByTemplate()
                    ? "the model's chat template refuses these messages: " + e.getMessage()
                    : "the model's chat template fails on these messages: " + e.getMessage()
                            + "; send a prompt instead of messages");
        }
    }

    /** why: some templates write the token that the tokenizer adds by itself. */
    private String withoutBos(String text) {
        return bosToken != null && !bosToken.isEmpty() && text.startsWith(bosToken) && tokenizer.addsBos()
                ? text.substring(bosToken.length())
                : text;
    }
}

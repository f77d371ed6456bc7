package dev.rbees.worker.template;

import java.time.Clock;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Message;

/**
 * A model's own template for conversations: the part of the Jinja language that published templates use. A template comes
 * with a model's file and is not trusted: it sees texts, numbers, lists and mappings, never an object of Java, and steps,
 * depth and sizes are limited.
 *
 * <p>
 * Source of the language: the documentation of Jinja 3, with trim_blocks and lstrip_blocks on.
 */
public final class ChatTemplate {

    private final List<Statement> statements;
    private final String bosToken;
    private final String eosToken;
    private final Clock clock;

    private ChatTemplate(List<Statement> statements, String bosToken, String eosToken, Clock clock) {
        this.statements = statements;
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        this.clock = clock;
    }

    /**
     * Reads a template.
     *
     * @param bosToken what {@code bos_token} writes
     * @param eosToken what {@code eos_token} writes
     * @param clock for templates that write the date
     * @throws TemplateException when it is damaged or uses something that we do not support
     */
    public static ChatTemplate parse(String template, @Nullable String bosToken, @Nullable String eosToken, Clock clock) {
        if (template.length() > TemplateLimits.MAX_TEMPLATE) {
            throw new TemplateException("it is longer than " + TemplateLimits.MAX_TEMPLATE + " characters");
        }
        return new ChatTemplate(TemplateParser.parse(template), bosToken == null ? "" : bosToken,
                eosToken == null ? "" : eosToken, clock);
    }

    /**
     * The text that the model is to go on from: the conversation, and what begins an answer.
     *
     * @throws TemplateException when the template refuses the conversation, fails, or goes beyond its limits
     */
    public String render(List<Message> messages) {
        List<Map<String, String>> values = messages.stream().map(ChatTemplate::value).toList();
        return render(Map.of("messages", values, "add_generation_prompt", true));
    }

    private static Map<String, String> value(Message message) {
        Map<String, String> value = new LinkedHashMap<>();
        value.put("role", message.role().wireName());
        value.put("content", message.content());
        return value;
    }

    /**
     * What the template makes of these variables. {@code tools} and {@code documents} are none when they are not among them,
     * {@code bos_token} and {@code eos_token} are the model's.
     *
     * @param variables texts, truth values, whole numbers of 64 bits, doubles, nulls, and lists and mappings with text keys
     *            of those, {@value TemplateLimits#MAX_DEPTH} levels deep at most
     * @throws TemplateException as {@link #render(List)}, and for values of another kind
     */
    public String render(Map<String, ? extends @Nullable Object> variables) {
        TemplateLimits limits = new TemplateLimits();
        Scope scope = new Scope(null);
        new Functions(limits, () -> LocalDateTime.now(clock)).defineIn(scope);
        scope.set("bos_token", bosToken);
        scope.set("eos_token", eosToken);
        // why: published templates ask for these names; none is the value for "not used"
        scope.set("tools", null);
        scope.set("documents", null);
        variables.forEach((name, value) -> scope.set(name, Values.copyOf(value)));
        try {
            return new Renderer(limits).render(statements, new Scope(scope));
        } catch (StackOverflowError e) {
            // why: the limits of nesting are counted in the template's own terms, not in frames of this thread's stack
            throw new TemplateException("it is nested too deep");
        }
    }
}

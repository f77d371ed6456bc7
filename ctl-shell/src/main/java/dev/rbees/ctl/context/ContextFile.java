package dev.rbees.ctl.context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.json.Json;
import dev.rbees.cli.Printable;

/**
 * The text of {@code contexts.toml}.
 *
 * @param current name of the context that holds where nobody says another
 * @param contexts in the order of the file
 */
record ContextFile(Optional<String> current, List<OrchestratorContext> contexts) {

    static final ContextFile EMPTY = new ContextFile(Optional.empty(), List.of());

    private static final TomlMapper TOML = new TomlMapper();
    private static final String CURRENT = "current";
    private static final String CONTEXTS = "contexts";
    private static final String ORCHESTRATOR = "orchestrator";
    private static final String TOKEN_FILE = "token_file";
    private static final String CA_FILE = "ca_file";

    ContextFile {
        contexts = List.copyOf(contexts);
    }

    /**
     * Reads it.
     *
     * @param file where it stands, for messages
     * @throws RbeesException INVALID_REQUEST when it is no TOML, or says what nobody reads
     */
    static ContextFile parse(String text, String file) {
        try {
            JsonNode root = TOML.readTree(text);
            onlyKnown(root, List.of(CURRENT, CONTEXTS), file);
            List<OrchestratorContext> contexts = new ArrayList<>();
            root.path(CONTEXTS).forEachEntry((name, context) -> contexts.add(context(name, context, file)));
            return new ContextFile(Optional.ofNullable(text(root, CURRENT, file)), contexts);
        } catch (JacksonException e) {
            throw wrong(file, "is no TOML in line " + e.getLocation().getLineNr());
        }
    }

    private static OrchestratorContext context(String name, JsonNode context, String file) {
        if (!Ids.isId(name) || !context.isObject()) {
            throw wrong(file, "'" + Printable.text(name) + "' is no context");
        }
        onlyKnown(context, List.of(ORCHESTRATOR, TOKEN_FILE, CA_FILE), file);
        String orchestrator = text(context, ORCHESTRATOR, file);
        if (orchestrator == null) {
            throw wrong(file, "context '" + name + "' has no " + ORCHESTRATOR);
        }
        return new OrchestratorContext(name, orchestrator, text(context, TOKEN_FILE, file), text(context, CA_FILE, file));
    }

    private static void onlyKnown(JsonNode node, Collection<String> known, String file) {
        node.propertyNames().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw wrong(file, "nobody reads '" + Printable.text(name) + "'" + Suggestion.sentence(name, known));
        });
    }

    private static @Nullable String text(JsonNode node, String key, String file) {
        JsonNode value = node.get(key);
        if (value == null) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw wrong(file, key + " must be a text in quotes");
        }
        return value.asString();
    }

    private static RbeesException wrong(String file, String what) {
        return new RbeesException(ErrorCode.INVALID_REQUEST, file + ": " + what
                + "; mend the file, or delete it and name your orchestrators anew with 'rbees context set'");
    }

    /** The same file with another context of this name, or one more. */
    ContextFile with(OrchestratorContext context) {
        List<OrchestratorContext> all = new ArrayList<>(contexts);
        all.removeIf(known -> known.name().equals(context.name()));
        all.add(context);
        return new ContextFile(current, all);
    }

    /** The same file without a context, which is not the current one any more either. */
    ContextFile without(String name) {
        return new ContextFile(current.filter(now -> !now.equals(name)),
                contexts.stream().filter(known -> !known.name().equals(name)).toList());
    }

    /** The same file with another current context. */
    ContextFile using(String name) {
        return new ContextFile(Optional.of(name), contexts);
    }

    String toToml() {
        StringBuilder text = new StringBuilder("# The orchestrators of 'rbees'; written by 'rbees context'.\n");
        current.ifPresent(name -> line(text, CURRENT, name));
        for (OrchestratorContext context : contexts) {
            text.append("\n[").append(CONTEXTS).append(".").append(quoted(context.name())).append("]\n");
            line(text, ORCHESTRATOR, context.orchestrator());
            line(text, TOKEN_FILE, context.tokenFile());
            line(text, CA_FILE, context.caFile());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String key, @Nullable String value) {
        if (value != null) {
            text.append(key).append(" = ").append(quoted(value)).append('\n');
        }
    }

    /** why: what JSON escapes, TOML escapes alike; but TOML does not allow U+007F as it is. */
    private static String quoted(String text) {
        return Json.write(text).replace("\177", "\\u007f");
    }
}

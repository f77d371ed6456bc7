package dev.rbees.worker.grammar;

import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The formats that a model's answers can be kept to. Grammars that were used last are kept with their masks. Safe for many
 * threads.
 */
public final class Grammars {

    private static final String ANY_OBJECT = "";

    private final TokenTrie trie;
    private final LongSupplier nanoClock;
    private final Map<String, Prepared> prepared = new BoundedCache<>(GrammarLimits.GRAMMARS);

    /**
     * @param trie the model's vocabulary
     * @param nanoClock measures the time that a compilation takes
     */
    public Grammars(TokenTrie trie, LongSupplier nanoClock) {
        this.trie = trie;
        this.nanoClock = nanoClock;
    }

    /** For one answer that is any JSON object. */
    public Constraint anyObject() {
        return constraint(ANY_OBJECT, SchemaCompiler.anyObject());
    }

    /**
     * For one answer that is valid against a JSON Schema (2020-12). What is supported, and what is narrower than the standard,
     * is told at {@link SchemaCompiler}.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it is no schema, has a keyword that is not supported, allows
     *         no value at all or is beyond a limit
     */
    public Constraint of(JsonNode schema) {
        // why: the order of properties counts here, and equal nodes may differ in it
        String text = SchemaCompiler.checkedText(schema);
        Prepared known = find(text);
        return known != null ? known.constraint(trie) : constraint(text, SchemaCompiler.compile(schema, nanoClock));
    }

    private Constraint constraint(String key, Grammar grammar) {
        Prepared made = new Prepared(grammar, new Masks(grammar, trie));
        synchronized (prepared) {
            Prepared first = prepared.putIfAbsent(key, made);
            return (first == null ? made : first).constraint(trie);
        }
    }

    private @Nullable Prepared find(String key) {
        synchronized (prepared) {
            return prepared.get(key);
        }
    }

    private record Prepared(Grammar grammar, Masks masks) {
        Constraint constraint(TokenTrie trie) {
            return new Constraint(grammar, trie, masks);
        }
    }
}

package dev.rbees.api.worker;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;

/** What a worker can be asked for, by name. A newer worker may have names that are not known here. */
public final class Capabilities {

    /** Texts that go on: {@link GenerationRequest}. */
    public static final String TEXT_GENERATION = "text-gen";

    /** Numbers that stand for texts: {@link EmbeddingRequest}. */
    public static final String EMBEDDING = "embedding";

    /** What workers have that do not say it. */
    static final List<String> USUAL = List.of(TEXT_GENERATION);

    private static final int MAX_COUNT = 16;

    private Capabilities() {}

    /** The field {@code capabilities}: 1 to 16 names, those that come twice once; the usual when it is absent. */
    static List<String> read(RequestFields fields) {
        JsonNode value = fields.value("capabilities");
        if (value == null) {
            return USUAL;
        }
        if (!value.isArray() || value.isEmpty() || value.size() > MAX_COUNT) {
            fields.reject("capabilities", "count(1..=" + MAX_COUNT + ")",
                    "capabilities must be an array of 1 to " + MAX_COUNT + " names such as " + TEXT_GENERATION);
            return USUAL;
        }
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < value.size(); i++) {
            if (!isName(value.get(i))) {
                fields.reject("capabilities[" + i + "]", "capability", "capabilities[" + i + "] must be 1 to 32 lower-case"
                        + " letters, digits or dashes and begin with a letter");
            } else {
                names.add(value.get(i).asString());
            }
        }
        return List.copyOf(names);
    }

    private static boolean isName(@Nullable JsonNode value) {
        return value != null && value.isString() && value.asString().matches("[a-z][a-z0-9-]{0,31}");
    }
}

package dev.rbees.ctl.client;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Prompt;

/**
 * A task as the user orders it: only what was said, so that the orchestrator's defaults hold for the rest.
 *
 * @param model id of the model
 * @param prompt what it is asked
 * @param fields further fields of the body by their wire names
 */
public record TaskOrder(String model, Prompt prompt, Map<String, Object> fields) {

    public TaskOrder {
        fields = Map.copyOf(fields);
    }

    String toJson() {
        Map<String, Object> body = new LinkedHashMap<>(fields);
        body.put("model", model);
        body.putAll(prompt.toFields());
        return Json.write(body);
    }
}

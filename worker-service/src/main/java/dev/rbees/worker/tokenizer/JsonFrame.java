package dev.rbees.worker.tokenizer;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

import dev.rbees.worker.tokenizer.PipelineTokenizer.Frame;

/** The post-processors of {@code tokenizer.json}: what stands around a single text. */
final class JsonFrame {

    private static final String SUPPORTED = "Sequence, TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel";

    private JsonFrame() {}

    static Frame of(JsonPart part) {
        if (part.missing()) {
            return Frame.NONE;
        }
        return switch (part.type()) {
            case "Sequence" -> part.each("processors", JsonFrame::of).stream().reduce(Frame.NONE, JsonFrame::around);
            case "ByteLevel" -> Frame.NONE;
            case "BertProcessing", "RobertaProcessing" -> new Frame(List.of(second(part, "cls")),
                    List.of(second(part, "sep")));
            case "TemplateProcessing" -> template(part);
            default -> throw part.unsupported(SUPPORTED);
        };
    }

    private static Frame around(Frame inner, Frame outer) {
        List<Integer> before = new ArrayList<>(outer.before());
        before.addAll(inner.before());
        List<Integer> behind = new ArrayList<>(inner.behind());
        behind.addAll(outer.behind());
        return new Frame(before, behind);
    }

    /** Of a pair like {@code ["[SEP]", 102]}. */
    private static int second(JsonPart part, String field) {
        JsonNode id = part.node().path(field).path(1);
        if (!id.isInt()) {
            throw part.damaged("its " + part.type() + " has no " + field);
        }
        return id.intValue();
    }

    private static Frame template(JsonPart part) {
        List<Integer> before = new ArrayList<>();
        List<Integer> behind = new ArrayList<>();
        boolean text = false;
        for (JsonNode step : part.node().path("single")) {
            if (step.has("Sequence")) {
                text = true;
                continue;
            }
            String name = step.path("SpecialToken").path("id").asString("");
            JsonNode ids = part.node().path("special_tokens").path(name).path("ids");
            if (!ids.isArray()) {
                throw part.damaged("its template names the token '" + name + "' and does not say its id");
            }
            List<Integer> side = text ? behind : before;
            ids.forEach(id -> side.add(id.asInt()));
        }
        return new Frame(before, behind);
    }
}

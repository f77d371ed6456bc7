package dev.rbees.worker.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * Which inputs and outputs an exported graph has.
 *
 * @param integers the inputs of whole numbers that it asks for, by their names
 * @param caches the inputs and outputs for keys and values
 * @param cacheType of keys and values: float32 or float16
 * @param logits the output with the scores
 * @param vocabulary scores per position
 */
record ExportedSignature(Map<String, Whole> integers, List<Cache> caches, OnnxJavaType cacheType, String logits,
        int vocabulary) {

    /**
     * An input of whole numbers.
     *
     * @param role its usual name
     * @param type int64 or int32, or bool for {@link #WITH_PAST}
     */
    record Whole(String role, OnnxJavaType type) {}

    /** What a run takes and gives back, longer by the tokens that were fed: [1, kvHeads, positions, headSize]. */
    record Cache(String past, String present) {}

    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String POSITIONS = "position_ids";
    static final String TOKEN_TYPES = "token_type_ids";
    /** In graphs that were merged of two: whether there is a past. */
    static final String WITH_PAST = "use_cache_branch";
    /** How many positions' scores are wanted, from the end; a graph has one of these, or none. */
    static final Set<String> WANTED = Set.of("num_logits_to_keep", "logits_to_keep");

    private static final Set<String> TWO_DIMENSIONAL = Set.of(IDS, MASK, POSITIONS, TOKEN_TYPES);
    /** @throws RbeesException MODEL_LOAD_FAILED when the graph wants something else, or does not fit the model's description */
    static ExportedSignature of(ExportedModel model, Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs) {
        Map<String, Whole> integers = new TreeMap<>();
        List<Cache> caches = new ArrayList<>();
        Set<OnnxJavaType> cacheTypes = new TreeSet<>();
        Set<String> unknown = new TreeSet<>();
        for (NodeInfo input : inputs.values()) {
            TensorInfo tensor = tensor(input);
            String role = model.names().role(input.getName());
            Optional<List<String>> presents = model.names().presents(input.getName());
            if (presents.isPresent()) {
                caches.add(new Cache(input.getName(), present(input.getName(), presents.get(), outputs)));
                cacheTypes.add(tensor.type);
                requireShape(input.getName(), tensor, model);
            } else if (isKnown(role, tensor)) {
                integers.put(input.getName(), new Whole(role, tensor.type));
            } else {
                unknown.add(input.getName() + " (" + tensor.type + ", " + tensor.getShape().length + " dimensions)");
            }
        }
        if (!unknown.isEmpty()) {
            throw wrong("it has inputs that rbees does not know: " + String.join(", ", unknown));
        }
        if (integers.values().stream().noneMatch(input -> input.role().equals(IDS))) {
            throw wrong("it has no input " + IDS);
        }
        if (caches.size() != 2 * model.layers()) {
            throw wrong("it takes keys and values for " + caches.size() / 2.0 + " layers, and "
                    + model.description() + " says " + model.layers()
                    + "; export the model with its cache (task text-generation-with-past)");
        }
        return new ExportedSignature(integers, caches, cacheType(cacheTypes), model.names().logits(),
                vocabulary(model, outputs));
    }

    private static boolean isKnown(String role, TensorInfo tensor) {
        return role.equals(WITH_PAST)
                ? tensor.type == OnnxJavaType.BOOL
                : isWhole(tensor) && (WANTED.contains(role)
                        || (TWO_DIMENSIONAL.contains(role) && tensor.getShape().length == 2));
    }

    private static String present(String past, List<String> names, Map<String, NodeInfo> outputs) {
        return names.stream().filter(outputs::containsKey).findFirst()
                .orElseThrow(() -> wrong("it has no output " + names.getFirst() + " for its input " + past));
    }

    private static void requireShape(String name, TensorInfo tensor, ExportedModel model) {
        long[] shape = tensor.getShape();
        if (shape.length == 4 && shape[2] >= 0) {
            throw wrong("its input " + name + " holds " + shape[2] + " positions and no more, a window that the program"
                    + " around the graph must move, and rbees keeps all positions; take the model's safetensors or GGUF file");
        }
        boolean fits = shape.length == 4 && (shape[0] < 0 || shape[0] == 1)
                && (shape[1] < 0 || shape[1] == model.kvHeads())
                && (shape[3] < 0 || shape[3] == model.headSize());
        if (!fits) {
            throw wrong("its input " + name + " is no tensor of [batch, " + model.kvHeads() + " heads, positions, "
                    + model.headSize() + " numbers], which " + model.description() + " leads to expect");
        }
    }

    private static OnnxJavaType cacheType(Set<OnnxJavaType> types) {
        if (types.equals(Set.of(OnnxJavaType.FLOAT)) || types.equals(Set.of(OnnxJavaType.FLOAT16))) {
            return types.iterator().next();
        }
        throw wrong("its keys and values are " + types + "; rbees supports FLOAT or FLOAT16");
    }

    private static int vocabulary(ExportedModel model, Map<String, NodeInfo> outputs) {
        String name = model.names().logits();
        NodeInfo logits = outputs.get(name);
        if (logits == null) {
            throw wrong("it has no output " + name);
        }
        TensorInfo tensor = tensor(logits);
        long[] shape = tensor.getShape();
        if (shape.length != 3 || !(tensor.type == OnnxJavaType.FLOAT || tensor.type == OnnxJavaType.FLOAT16)) {
            throw wrong("its output " + name + " is no tensor of numbers with three dimensions");
        }
        if (shape[2] >= 0 && (shape[2] < model.vocabulary() || shape[2] > 2L * model.vocabulary() + 1024)) {
            throw wrong("it gives " + shape[2] + " scores, and " + model.description() + " says " + model.vocabulary());
        }
        return shape[2] < 0 ? model.vocabulary() : (int) shape[2];
    }

    private static boolean isWhole(TensorInfo tensor) {
        return tensor.type == OnnxJavaType.INT64 || tensor.type == OnnxJavaType.INT32;
    }

    private static TensorInfo tensor(NodeInfo node) {
        if (node.getInfo() instanceof TensorInfo tensor) {
            return tensor;
        }
        throw wrong(node.getName() + " is no tensor");
    }

    private static RbeesException wrong(String reason) {
        return ModelFault.of("rbees cannot run this ONNX graph: " + reason);
    }
}

package dev.rbees.worker.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the attention of a decoder graph calculate with 16-bit numbers, and its KV buffers hold such. Everything else stays
 * as it is: what goes into an attention is cast before, what comes out of it after.
 *
 * <p>
 * CUDA needs this: there the runtime has {@code GroupQueryAttention} for 16-bit numbers alone. With 32-bit ones that node
 * would run on the CPU, and the whole KV cache would travel to it and back in every step (source:
 * {@code contrib_ops/cuda/bert/group_query_attention.cc} of ONNX Runtime).
 */
public final class HalfAttention {

    private static final String ATTENTION = "GroupQueryAttention";
    /** Of an attention's inputs: queries, keys, values, cosines, sines. */
    private static final Set<Integer> CAST_INPUTS = Set.of(0, 1, 2, 7, 8);
    private static final Set<Integer> CACHE_INPUTS = Set.of(3, 4);
    private static final Set<Integer> CACHE_OUTPUTS = Set.of(1, 2);

    /** Field numbers of onnx.proto3. */
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int TYPE_TENSOR = 1;
    private static final int TENSOR_ELEMENTS = 1;

    private final ProtoWriter out = new ProtoWriter();
    private final Set<String> cast = new HashSet<>();
    private final Set<String> cache = new HashSet<>();

    private HalfAttention() {}

    /**
     * @param model the bytes of a model file
     * @return those of the same model with such an attention
     * @throws IllegalArgumentException when they are no model
     */
    public static byte[] rewrite(byte[] model) {
        ProtoWriter written = new ProtoWriter();
        for (ProtoField field : ProtoField.read(model)) {
            if (field.number() == MODEL_GRAPH) {
                written.bytes(MODEL_GRAPH, new HalfAttention().graph(ProtoField.read(field.bytes())));
            } else {
                field.copyTo(written);
            }
        }
        return written.toBytes();
    }

    private byte[] graph(List<ProtoField> fields) {
        List<ProtoField> ends = new ArrayList<>();
        for (ProtoField field : fields) {
            switch (field.number()) {
                case GRAPH_NODE -> node(field);
                // why: only the attentions say which of them are the cache
                case GRAPH_INPUT, GRAPH_OUTPUT -> ends.add(field);
                default -> field.copyTo(out);
            }
        }
        for (ProtoField end : ends) {
            List<ProtoField> value = ProtoField.read(end.bytes());
            if (cache.contains(ProtoField.texts(value, VALUE_NAME).getFirst())) {
                out.message(end.number(), half(value, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENTS));
            } else {
                end.copyTo(out);
            }
        }
        return out.toBytes();
    }

    /** A message in which the number at the end of a path of fields says 16-bit. */
    private static ProtoWriter half(List<ProtoField> message, int... path) {
        ProtoWriter written = new ProtoWriter();
        for (ProtoField field : message) {
            if (field.number() != path[0]) {
                field.copyTo(written);
            } else if (path.length == 1) {
                written.integer(path[0], ElementType.FLOAT16.id());
            } else {
                int[] rest = new int[path.length - 1];
                System.arraycopy(path, 1, rest, 0, rest.length);
                written.message(path[0], half(ProtoField.read(field.bytes()), rest));
            }
        }
        return written;
    }

    private void node(ProtoField node) {
        List<ProtoField> fields = ProtoField.read(node.bytes());
        if (!ProtoField.texts(fields, NODE_OPERATOR).equals(List.of(ATTENTION))) {
            node.copyTo(out);
            return;
        }
        ProtoWriter attention = new ProtoWriter();
        List<String> inputs = ProtoField.texts(fields, NODE_INPUT);
        for (int i = 0; i < inputs.size(); i++) {
            attention.text(NODE_INPUT, input(i, inputs.get(i)));
        }
        List<String> outputs = ProtoField.texts(fields, NODE_OUTPUT);
        String result = outputs.getFirst();
        for (int i = 0; i < outputs.size(); i++) {
            if (CACHE_OUTPUTS.contains(i)) {
                cache.add(outputs.get(i));
            }
            attention.text(NODE_OUTPUT, i == 0 ? half(result) : outputs.get(i));
        }
        fields.stream().filter(field -> field.number() != NODE_INPUT && field.number() != NODE_OUTPUT)
                .forEach(field -> field.copyTo(attention));
        out.message(GRAPH_NODE, attention);
        cast(half(result), result, ElementType.FLOAT);
    }

    private String input(int index, String name) {
        if (CACHE_INPUTS.contains(index)) {
            cache.add(name);
        }
        if (!CAST_INPUTS.contains(index) || name.isEmpty()) {
            return name;
        }
        if (cast.add(name)) {
            cast(name, half(name), ElementType.FLOAT16);
        }
        return half(name);
    }

    private static String half(String name) {
        return name + ".half";
    }

    private void cast(String from, String to, ElementType type) {
        out.message(GRAPH_NODE, new ProtoWriter().text(NODE_INPUT, from).text(NODE_OUTPUT, to).text(3, to + ".cast")
                .text(NODE_OPERATOR, "Cast").message(5, OnnxGraph.Attribute.integer("to", type.id()).proto()));
    }
}

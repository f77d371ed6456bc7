package dev.rbees.worker.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An ONNX graph of plain operators in the making, as an exporter would write it. */
public final class OnnxBuilder {

    public static final int FLOAT = 1;
    public static final int INT64 = 7;
    public static final int BOOL = 9;
    public static final int FLOAT16 = 10;

    private final Proto graph = new Proto().text(2, "test");
    private final ByteArrayOutputStream external = new ByteArrayOutputStream();
    private final boolean beside;
    private int names;

    /** @param beside whether constants lie in a file of their own */
    public OnnxBuilder(boolean beside) {
        this.beside = beside;
    }

    public OnnxBuilder input(String name, int type, Object... dimensions) {
        graph.message(11, value(name, type, dimensions));
        return this;
    }

    public OnnxBuilder output(String name, int type, Object... dimensions) {
        graph.message(12, value(name, type, dimensions));
        return this;
    }

    private static Proto value(String name, int type, Object... dimensions) {
        Proto shape = new Proto();
        for (Object dimension : dimensions) {
            shape.message(1, dimension instanceof Integer size
                    ? new Proto().number(1, size)
                    : new Proto().text(2, dimension.toString()));
        }
        return new Proto().text(1, name).message(2,
                new Proto().message(1, new Proto().number(1, type).message(2, shape)));
    }

    /** A constant of numbers. */
    public String floats(float[] values, long... dimensions) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        String name = "c" + names++;
        Proto tensor = new Proto();
        for (long dimension : dimensions) {
            tensor.number(1, dimension);
        }
        tensor.number(2, FLOAT).text(8, name);
        if (beside) {
            tensor.message(13, entry("location", "model.onnx_data"))
                    .message(13, entry("offset", Integer.toString(external.size())))
                    .message(13, entry("length", Integer.toString(bytes.capacity()))).number(14, 1);
            external.writeBytes(bytes.array());
        } else {
            tensor.bytes(9, bytes.array());
        }
        graph.message(5, tensor);
        return name;
    }

    public static Proto entry(String key, String value) {
        return new Proto().text(1, key).text(2, value);
    }

    /** A constant of whole numbers. */
    public String integers(long... values) {
        String name = "c" + names++;
        Proto tensor = new Proto().number(1, values.length).number(2, INT64).text(8, name);
        for (long value : values) {
            tensor.number(7, value);
        }
        graph.message(5, tensor);
        return name;
    }

    /** A node with one output of a new name. */
    public String node(String operator, List<String> inputs, Proto... attributes) {
        String output = "v" + names++;
        node(operator, inputs, output, attributes);
        return output;
    }

    public void node(String operator, List<String> inputs, String output, Proto... attributes) {
        graph.message(1, nodeOf(operator, inputs, output, attributes));
    }

    public static Proto nodeOf(String operator, List<String> inputs, String output, Proto... attributes) {
        Proto node = new Proto();
        inputs.forEach(input -> node.text(1, input));
        node.text(2, output).text(3, "n_" + output).text(4, operator);
        for (Proto attribute : attributes) {
            node.message(5, attribute);
        }
        return node;
    }

    public static Proto integer(String name, long value) {
        return new Proto().text(1, name).number(3, value).number(20, 2);
    }

    public static Proto integerList(String name, long... values) {
        Proto attribute = new Proto().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, 7);
    }

    /** An attribute that is a graph of one node. */
    public static Proto graphOf(String name, Proto node, String output) {
        return new Proto().text(1, name).number(20, 5).message(6, new Proto().text(2, name).message(1, node)
                .message(12, new Proto().text(1, output)));
    }

    public Path write(Path folder, String name) {
        byte[] model = model(graph).toBytes();
        try {
            if (beside) {
                Files.write(folder.resolve("model.onnx_data"), external.toByteArray());
            }
            return Files.write(folder.resolve(name), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A model around a graph. */
    public static Proto model(Proto graph) {
        return new Proto().number(1, 8).message(7, graph)
                .message(8, new Proto().text(1, "").number(2, 17));
    }
}

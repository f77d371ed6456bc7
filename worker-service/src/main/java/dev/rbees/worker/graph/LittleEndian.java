package dev.rbees.worker.graph;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in the byte order of ONNX files. */
final class LittleEndian {

    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static void put(byte[] target, int at, float value) {
        FLOAT.set(target, at, value);
    }

    static byte[] bytes(float[] values) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            put(bytes, i * Float.BYTES, values[i]);
        }
        return bytes;
    }
}

package dev.rbees.worker.graph;

/** Types of a tensor's elements, as ONNX numbers them. */
public enum ElementType {
    FLOAT(1, Float.BYTES),
    UINT8(2, Byte.BYTES),
    INT32(6, Integer.BYTES),
    INT64(7, Long.BYTES),
    FLOAT16(10, Short.BYTES);

    private final int id;
    private final int bytes;

    ElementType(int id, int bytes) {
        this.id = id;
        this.bytes = bytes;
    }

    /** Its number in ONNX. */
    public int id() {
        return id;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}

package dev.rbees.worker.model;

import dev.rbees.api.error.RbeesException;

/** Reads tensors that are plain numbers, not blocks. */
public final class PlainNumbers {

    private PlainNumbers() {}

    /**
     * All numbers of a small tensor.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it is packed in blocks or holds numbers that are not finite
     */
    public static float[] read(TensorSource source, Tensor tensor) {
        if (tensor.encoding().blockLength() > 1) {
            throw ModelFault.of("the tensor " + tensor.name() + " is packed as "
                    + tensor.encoding() + "; it must be plain numbers");
        }
        byte[] bytes = new byte[Math.toIntExact(tensor.bytes())];
        source.readRows(tensor, 0, tensor.rows(), bytes);
        float[] values = new float[tensor.columns() * tensor.rows()];
        for (int i = 0; i < values.length; i++) {
            values[i] = at(tensor.encoding(), bytes, i * tensor.encoding().blockBytes());
            if (!Float.isFinite(values[i])) {
                throw ModelFault.of("the tensor " + tensor.name()
                        + " holds numbers that are not finite; the model is damaged");
            }
        }
        return values;
    }

    /** The number whose bytes begin there. */
    public static float at(TensorEncoding encoding, byte[] bytes, int start) {
        return switch (encoding) {
            case F32 -> Float.intBitsToFloat(u16(bytes, start) | (u16(bytes, start + 2) << 16));
            case F16 -> Float.float16ToFloat((short) u16(bytes, start));
            case BF16 -> Float.intBitsToFloat(u16(bytes, start) << 16);
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K ->
                throw new IllegalArgumentException(encoding + " has blocks");
        };
    }

    private static int u16(byte[] bytes, int start) {
        return (bytes[start] & 0xFF) | ((bytes[start + 1] & 0xFF) << 8);
    }
}

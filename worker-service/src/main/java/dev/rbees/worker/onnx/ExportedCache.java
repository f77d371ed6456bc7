package dev.rbees.worker.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** Keys and values of one sequence: tensors [1, kvHeads, length, headSize], in the order of the graph's inputs. Never changed. */
final class ExportedCache implements AutoCloseable {

    private final List<OnnxTensor> tensors;
    private final int length;

    /** @param tensors become this object's own */
    ExportedCache(List<OnnxTensor> tensors, int length) {
        this.tensors = List.copyOf(tensors);
        this.length = length;
    }

    static ExportedCache empty(int count, OnnxJavaType type, int kvHeads, int headSize) throws OrtException {
        List<OnnxTensor> tensors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tensors.add(OnnxTensor.createTensor(OrtEnvironment.getEnvironment(),
                    ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder()), new long[] {1, kvHeads, 0, headSize},
                    type));
        }
        return new ExportedCache(tensors, 0);
    }

    /** Positions. */
    int length() {
        return length;
    }

    OnnxTensor tensor(int index) {
        return tensors.get(index);
    }

    /** A copy of the first positions. */
    ExportedCache cut(int positions) throws OrtException {
        List<OnnxTensor> shorter = new ArrayList<>(tensors.size());
        for (OnnxTensor tensor : tensors) {
            shorter.add(cut(tensor, positions));
        }
        return new ExportedCache(shorter, positions);
    }

    private OnnxTensor cut(OnnxTensor tensor, int positions) throws OrtException {
        long[] shape = tensor.getInfo().getShape();
        ByteBuffer all = tensor.getByteBuffer();
        int headBytes = all.remaining() / Math.toIntExact(shape[1]);
        int keptBytes = headBytes / length * positions;
        ByteBuffer kept = ByteBuffer.allocateDirect(keptBytes * (int) shape[1]).order(ByteOrder.nativeOrder());
        for (int head = 0; head < shape[1]; head++) {
            kept.put(all.slice(head * headBytes, keptBytes));
        }
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), kept.flip(),
                new long[] {1, shape[1], positions, shape[3]}, tensor.getInfo().type);
    }

    @Override
    public void close() {
        tensors.forEach(OnnxTensor::close);
    }
}

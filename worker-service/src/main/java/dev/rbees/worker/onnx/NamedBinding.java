package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.ADDRESS;

/**
 * Names all tensors anew in every run, so that the runtime brings inputs of this process to the device each time and results
 * back. Tensors that lie on the device already stay where they are.
 */
final class NamedBinding implements Binding {

    private final OrtApi api;
    private final MemorySegment session;
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> inputs = new LinkedHashMap<>();
    private final Map<String, MemorySegment> outputs = new LinkedHashMap<>();
    private OrtApi.@Nullable Named namedInputs;
    private OrtApi.@Nullable Named namedOutputs;

    NamedBinding(OrtApi api, MemorySegment session) {
        this.api = api;
        this.session = session;
    }

    @Override
    public void input(String name, MemorySegment tensor) {
        inputs.put(name, tensor);
        namedInputs = null;
    }

    @Override
    public void output(String name, MemorySegment tensor) {
        outputs.put(name, tensor);
        namedOutputs = null;
    }

    @Override
    public void run(MemorySegment options) throws OrtFailure {
        if (namedInputs == null) {
            namedInputs = named(inputs);
        }
        if (namedOutputs == null) {
            namedOutputs = named(outputs);
        }
        api.run(session, options, namedInputs, namedOutputs);
    }

    private OrtApi.Named named(Map<String, MemorySegment> tensors) {
        MemorySegment addresses = arena.allocate(ADDRESS, tensors.size());
        int i = 0;
        for (MemorySegment tensor : tensors.values()) {
            addresses.setAtIndex(ADDRESS, i++, tensor);
        }
        return new OrtApi.Named(OrtTable.texts(arena, tensors.keySet(), tensors.size()), addresses, tensors.size());
    }

    @Override
    public void close() {
        arena.close();
    }
}

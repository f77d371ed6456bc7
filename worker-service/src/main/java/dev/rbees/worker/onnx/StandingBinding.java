package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;

/** The runtime's own binding: the cheapest run, for sessions that read their inputs where we write them. */
final class StandingBinding implements Binding {

    private final OrtApi api;
    private final MemorySegment session;
    private final MemorySegment binding;

    StandingBinding(OrtApi api, MemorySegment session) throws OrtFailure {
        this.api = api;
        this.session = session;
        this.binding = api.createBinding(session);
    }

    @Override
    public void input(String name, MemorySegment tensor) throws OrtFailure {
        api.bindInput(binding, name, tensor);
    }

    @Override
    public void output(String name, MemorySegment tensor) throws OrtFailure {
        api.bindOutput(binding, name, tensor);
    }

    @Override
    public void run(MemorySegment options) throws OrtFailure {
        api.run(session, options, binding);
    }

    @Override
    public void close() {
        api.releaseBinding(binding);
    }
}

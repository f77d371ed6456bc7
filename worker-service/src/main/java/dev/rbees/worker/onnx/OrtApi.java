package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The functions of ONNX Runtime's C interface that every decoder needs: sessions, tensors and runs. It is called directly
 * because the runtime's interface for Java knows no memory of a device and no buffer of 2 GiB or more; on the CPU both are
 * equally fast.
 */
final class OrtApi {

    private static final int LOG_FATAL = 4;

    private final OrtTable table;
    private final MethodHandle createEnv;
    private final MethodHandle createSession;
    private final MethodHandle createSessionFromArray;
    private final MethodHandle run;
    private final MethodHandle createRunOptions;
    private final MethodHandle runOptionsSetTerminate;
    private final MethodHandle createTensorWithData;
    private final MethodHandle releaseSession;
    private final MethodHandle releaseValue;
    private final MethodHandle releaseRunOptions;
    private final MethodHandle runWithBinding;
    private final MethodHandle createIoBinding;
    private final MethodHandle releaseIoBinding;
    private final MethodHandle bindInput;
    private final MethodHandle bindOutput;

    OrtApi(OrtTable table) {
        this.table = table;
        createEnv = table.function(3, JAVA_INT, ADDRESS, ADDRESS);
        createSession = table.function(7, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        createSessionFromArray = table.function(8, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
        run = table.function(9, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
        createRunOptions = table.function(39, ADDRESS);
        runOptionsSetTerminate = table.function(46, ADDRESS);
        createTensorWithData = table.function(49, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
        releaseSession = table.release(95);
        releaseValue = table.release(96);
        releaseRunOptions = table.release(97);
        runWithBinding = table.function(133, ADDRESS, ADDRESS, ADDRESS);
        createIoBinding = table.function(134, ADDRESS, ADDRESS);
        releaseIoBinding = table.release(135);
        bindInput = table.function(136, ADDRESS, ADDRESS, ADDRESS);
        bindOutput = table.function(137, ADDRESS, ADDRESS, ADDRESS);
    }

    MemorySegment createEnvironment(String name) throws OrtFailure {
        return table.make(
                (arena, made) -> (MemorySegment) createEnv.invokeExact(LOG_FATAL, arena.allocateFrom(name), made));
    }

    /** @param graph path of the model's file */
    MemorySegment createSession(MemorySegment environment, String graph, MemorySegment options) throws OrtFailure {
        return table.make((arena, made) -> (MemorySegment) createSession.invokeExact(environment, arena.allocateFrom(graph),
                options, made));
    }

    /** @param model the bytes of a model's file */
    MemorySegment createSession(MemorySegment environment, MemorySegment model, MemorySegment options) throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) createSessionFromArray.invokeExact(environment, model,
                model.byteSize(), options, made));
    }

    void releaseSession(MemorySegment session) {
        OrtTable.release(releaseSession, session);
    }

    /**
     * A tensor over memory of ours.
     *
     * @param type as ONNX numbers element types
     */
    MemorySegment createTensor(MemorySegment memoryInfo, MemorySegment data, int type, long... dimensions)
            throws OrtFailure {
        return table.make((arena, made) -> (MemorySegment) createTensorWithData.invokeExact(memoryInfo, data,
                data.byteSize(), arena.allocateFrom(JAVA_LONG, dimensions), (long) dimensions.length, type, made));
    }

    void releaseTensor(MemorySegment tensor) {
        OrtTable.release(releaseValue, tensor);
    }

    MemorySegment createBinding(MemorySegment session) throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) createIoBinding.invokeExact(session, made));
    }

    void releaseBinding(MemorySegment binding) {
        OrtTable.release(releaseIoBinding, binding);
    }

    void bindInput(MemorySegment binding, String name, MemorySegment tensor) throws OrtFailure {
        table.make((arena, _) -> (MemorySegment) bindInput.invokeExact(binding, arena.allocateFrom(name), tensor));
    }

    void bindOutput(MemorySegment binding, String name, MemorySegment tensor) throws OrtFailure {
        table.make((arena, _) -> (MemorySegment) bindOutput.invokeExact(binding, arena.allocateFrom(name), tensor));
    }

    MemorySegment createRunOptions() throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) createRunOptions.invokeExact(made));
    }

    void releaseRunOptions(MemorySegment options) {
        OrtTable.release(releaseRunOptions, options);
    }

    /** Ends the run that was given these options. */
    void terminate(MemorySegment options) throws OrtFailure {
        table.make((_, _) -> (MemorySegment) runOptionsSetTerminate.invokeExact(options));
    }

    /** @param options perhaps {@link MemorySegment#NULL} */
    void run(MemorySegment session, MemorySegment options, MemorySegment binding) throws OrtFailure {
        table.make((_, _) -> (MemorySegment) runWithBinding.invokeExact(session, options, binding));
    }

    /**
     * Runs with tensors that are named in the call.
     *
     * @param options perhaps {@link MemorySegment#NULL}
     * @param inputs names and tensors
     * @param outputs names, and tensors that the results are written into
     */
    void run(MemorySegment session, MemorySegment options, Named inputs, Named outputs) throws OrtFailure {
        table.make((_, _) -> (MemorySegment) run.invokeExact(session, options, inputs.names(), inputs.tensors(),
                inputs.count(), outputs.names(), outputs.count(), outputs.tensors()));
    }

    /**
     * Tensors by name, as the runtime takes them.
     *
     * @param names array of the addresses of texts
     * @param tensors array of the addresses of tensors
     * @param count of both
     */
    record Named(MemorySegment names, MemorySegment tensors, long count) {}
}

package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The functions of ONNX Runtime's C interface that a decoder needs. It is called directly because the runtime's interface for
 * Java knows no memory of a device and no buffer of 2 GiB or more; on the CPU both are equally fast.
 *
 * <p>
 * The interface is a table of functions, to which later versions only append; the numbers are places in it. Source:
 * {@code onnxruntime_c_api.h} of ONNX Runtime 1.22.
 */
final class OrtApi {

    /** The memory that a tensor lies in, when that is the memory of this process. */
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;
    private static final int LOG_WARNINGS = 2;

    private static final int TABLE_VERSION = 22;
    private static final int TABLE_ENTRIES = 138;
    private static final int MAX_MESSAGE_BYTES = 1 << 16;

    private final Linker linker = Linker.nativeLinker();
    private final MemorySegment table;

    private final MethodHandle getErrorMessage;
    private final MethodHandle createEnv;
    private final MethodHandle createSession;
    private final MethodHandle createSessionOptions;
    private final MethodHandle setIntraOpNumThreads;
    private final MethodHandle createRunOptions;
    private final MethodHandle runOptionsSetTerminate;
    private final MethodHandle createTensorWithData;
    private final MethodHandle createCpuMemoryInfo;
    private final MethodHandle releaseStatus;
    private final MethodHandle releaseSession;
    private final MethodHandle releaseValue;
    private final MethodHandle releaseRunOptions;
    private final MethodHandle releaseSessionOptions;
    private final MethodHandle runWithBinding;
    private final MethodHandle createIoBinding;
    private final MethodHandle releaseIoBinding;
    private final MethodHandle bindInput;
    private final MethodHandle bindOutput;

    /** What calls the runtime; {@code made} is where it puts the address of what it makes. */
    @FunctionalInterface
    private interface Call {
        MemorySegment status(Arena arena, MemorySegment made) throws Throwable;
    }

    /** @param library in which the runtime has been loaded */
    OrtApi(SymbolLookup library) throws OrtFailure {
        table = table(library);
        getErrorMessage = downcall(entry(2), FunctionDescriptor.of(ADDRESS, ADDRESS));
        createEnv = function(3, JAVA_INT, ADDRESS, ADDRESS);
        createSession = function(7, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        createSessionOptions = function(10, ADDRESS);
        setIntraOpNumThreads = function(24, ADDRESS, JAVA_INT);
        createRunOptions = function(39, ADDRESS);
        runOptionsSetTerminate = function(46, ADDRESS);
        createTensorWithData = function(49, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
        createCpuMemoryInfo = function(69, JAVA_INT, JAVA_INT, ADDRESS);
        releaseStatus = release(93);
        releaseSession = release(95);
        releaseValue = release(96);
        releaseRunOptions = release(97);
        releaseSessionOptions = release(100);
        runWithBinding = function(133, ADDRESS, ADDRESS, ADDRESS);
        createIoBinding = function(134, ADDRESS, ADDRESS);
        releaseIoBinding = release(135);
        bindInput = function(136, ADDRESS, ADDRESS, ADDRESS);
        bindOutput = function(137, ADDRESS, ADDRESS, ADDRESS);
    }

    @SuppressWarnings("restricted")
    private MemorySegment table(SymbolLookup library) throws OrtFailure {
        MemorySegment base = library.find("OrtGetApiBase")
                .orElseThrow(() -> new OrtFailure("ONNX Runtime has no OrtGetApiBase"));
        try {
            MemorySegment functions = ((MemorySegment) downcall(base, FunctionDescriptor.of(ADDRESS))
                    .invokeExact())
                    .reinterpret(2 * ADDRESS.byteSize());
            MemorySegment found = (MemorySegment) downcall(functions.get(ADDRESS, 0),
                    FunctionDescriptor.of(ADDRESS, JAVA_INT)).invokeExact(TABLE_VERSION);
            if (found.equals(MemorySegment.NULL)) {
                throw new OrtFailure("ONNX Runtime is older than version 1." + TABLE_VERSION);
            }
            return found.reinterpret(TABLE_ENTRIES * ADDRESS.byteSize());
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private MemorySegment entry(int index) {
        return table.getAtIndex(ADDRESS, index);
    }

    @SuppressWarnings("restricted")
    private MethodHandle downcall(MemorySegment address, FunctionDescriptor type) {
        return linker.downcallHandle(address, type);
    }

    /** A function that gives a status. */
    private MethodHandle function(int index, MemoryLayout... arguments) {
        return downcall(entry(index), FunctionDescriptor.of(ADDRESS, arguments));
    }

    private MethodHandle release(int index) {
        return downcall(entry(index), FunctionDescriptor.ofVoid(ADDRESS));
    }

    MemorySegment createEnvironment(String name) throws OrtFailure {
        return make((arena, made) -> (MemorySegment) createEnv.invokeExact(LOG_WARNINGS, arena.allocateFrom(name), made));
    }

    /** Describes the memory of this process. */
    MemorySegment createCpuMemoryInfo() throws OrtFailure {
        return make((_, made) -> (MemorySegment) createCpuMemoryInfo.invokeExact(ARENA_ALLOCATOR, DEFAULT_MEMORY, made));
    }

    /** @param threads that one run uses */
    MemorySegment createSession(MemorySegment environment, String graph, int threads) throws OrtFailure {
        MemorySegment options = make((_, made) -> (MemorySegment) createSessionOptions.invokeExact(made));
        try {
            make((_, _) -> (MemorySegment) setIntraOpNumThreads.invokeExact(options, threads));
            return make((arena, made) -> (MemorySegment) createSession.invokeExact(environment, arena.allocateFrom(graph),
                    options, made));
        } finally {
            release(releaseSessionOptions, options);
        }
    }

    void releaseSession(MemorySegment session) {
        release(releaseSession, session);
    }

    /**
     * A tensor over memory of ours.
     *
     * @param type as ONNX numbers element types
     */
    MemorySegment createTensor(MemorySegment memoryInfo, MemorySegment data, int type, long... dimensions)
            throws OrtFailure {
        return make((arena, made) -> (MemorySegment) createTensorWithData.invokeExact(memoryInfo, data, data.byteSize(),
                arena.allocateFrom(JAVA_LONG, dimensions), (long) dimensions.length, type, made));
    }

    void releaseTensor(MemorySegment tensor) {
        release(releaseValue, tensor);
    }

    MemorySegment createBinding(MemorySegment session) throws OrtFailure {
        return make((_, made) -> (MemorySegment) createIoBinding.invokeExact(session, made));
    }

    void releaseBinding(MemorySegment binding) {
        release(releaseIoBinding, binding);
    }

    void bindInput(MemorySegment binding, String name, MemorySegment tensor) throws OrtFailure {
        make((arena, _) -> (MemorySegment) bindInput.invokeExact(binding, arena.allocateFrom(name), tensor));
    }

    void bindOutput(MemorySegment binding, String name, MemorySegment tensor) throws OrtFailure {
        make((arena, _) -> (MemorySegment) bindOutput.invokeExact(binding, arena.allocateFrom(name), tensor));
    }

    MemorySegment createRunOptions() throws OrtFailure {
        return make((_, made) -> (MemorySegment) createRunOptions.invokeExact(made));
    }

    void releaseRunOptions(MemorySegment options) {
        release(releaseRunOptions, options);
    }

    /** Ends the run that was given these options. */
    void terminate(MemorySegment options) throws OrtFailure {
        make((_, _) -> (MemorySegment) runOptionsSetTerminate.invokeExact(options));
    }

    /** @param options perhaps {@link MemorySegment#NULL} */
    void run(MemorySegment session, MemorySegment options, MemorySegment binding) throws OrtFailure {
        make((_, _) -> (MemorySegment) runWithBinding.invokeExact(session, options, binding));
    }

    private MemorySegment make(Call call) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment made = arena.allocate(ADDRESS);
            MemorySegment status = call.status(arena, made);
            if (!status.equals(MemorySegment.NULL)) {
                throw new OrtFailure(message(status));
            }
            return made.get(ADDRESS, 0);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    @SuppressWarnings("restricted")
    private String message(MemorySegment status) throws Throwable {
        String message = ((MemorySegment) getErrorMessage.invokeExact(status)).reinterpret(MAX_MESSAGE_BYTES).getString(0);
        releaseStatus.invokeExact(status);
        return message;
    }

    private static void release(MethodHandle function, MemorySegment address) {
        try {
            function.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static OrtFailure failure(Throwable thrown) {
        return switch (thrown) {
            case OrtFailure known -> known;
            case RuntimeException unexpected -> throw unexpected;
            case Error fatal -> throw fatal;
            default -> new OrtFailure(thrown);
        };
    }
}

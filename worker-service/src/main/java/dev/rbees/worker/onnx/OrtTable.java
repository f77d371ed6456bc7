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

/**
 * ONNX Runtime's C interface: a table of functions, to which later versions only append. Functions are known by their places
 * in it. Source of the places: the order of {@code onnxruntime_c_api.h} of ONNX Runtime 1.24, in which 413 is the last; the
 * tests call every one of them, or get its error.
 */
final class OrtTable {

    private static final int VERSION = 24;
    private static final int ENTRIES = 414;
    private static final int MAX_TEXT_BYTES = 1 << 16;

    private final Linker linker = Linker.nativeLinker();
    private final MemorySegment table;
    private final MethodHandle getErrorMessage;
    private final MethodHandle releaseStatus;

    /** What calls the runtime; {@code made} is where it puts the address of what it makes. */
    @FunctionalInterface
    interface Call {
        MemorySegment status(Arena arena, MemorySegment made) throws Throwable;
    }

    /** @param library in which the runtime has been loaded */
    OrtTable(SymbolLookup library) throws OrtFailure {
        table = table(library);
        getErrorMessage = downcall(entry(2), FunctionDescriptor.of(ADDRESS, ADDRESS));
        releaseStatus = release(93);
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
                    FunctionDescriptor.of(ADDRESS, JAVA_INT)).invokeExact(VERSION);
            if (found.equals(MemorySegment.NULL)) {
                throw new OrtFailure("ONNX Runtime is older than version 1." + VERSION);
            }
            return found.reinterpret(ENTRIES * ADDRESS.byteSize());
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private MemorySegment entry(int place) {
        return table.getAtIndex(ADDRESS, place);
    }

    @SuppressWarnings("restricted")
    private MethodHandle downcall(MemorySegment address, FunctionDescriptor type) {
        return linker.downcallHandle(address, type);
    }

    /** A function that gives a status. */
    MethodHandle function(int place, MemoryLayout... arguments) {
        return downcall(entry(place), FunctionDescriptor.of(ADDRESS, arguments));
    }

    /** A function that frees what it is given and gives nothing. */
    MethodHandle release(int place) {
        return downcall(entry(place), FunctionDescriptor.ofVoid(ADDRESS));
    }

    /** Calls a function that gives a status; returns what it has made, NULL when it makes nothing. */
    MemorySegment make(Call call) throws OrtFailure {
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

    private String message(MemorySegment status) throws Throwable {
        String message = text((MemorySegment) getErrorMessage.invokeExact(status));
        releaseStatus.invokeExact(status);
        return message;
    }

    /** The text at an address that the runtime gave. */
    @SuppressWarnings("restricted")
    static String text(MemorySegment address) {
        return address.reinterpret(MAX_TEXT_BYTES).getString(0);
    }

    /** Texts for the runtime, and the array of their addresses. */
    static MemorySegment texts(Arena arena, Iterable<String> texts, int count) {
        MemorySegment addresses = arena.allocate(ADDRESS, Math.max(1, count));
        int i = 0;
        for (String text : texts) {
            addresses.setAtIndex(ADDRESS, i++, arena.allocateFrom(text));
        }
        return addresses;
    }

    static void release(MethodHandle function, MemorySegment address) {
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

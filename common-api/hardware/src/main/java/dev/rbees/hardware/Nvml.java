package dev.rbees.hardware;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * NVIDIA's management library (NVML), which comes with the driver. It is loaded and started once, and stays. Source: the
 * NVML API reference; every function gives 0 when it is done.
 */
final class Nvml {

    private static final int MOST_CARDS = 64;
    private static final int TEXT_BYTES = 512;
    private static final FunctionDescriptor TEXT_OF_CARD = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);

    private final MethodHandle getCount;
    private final MethodHandle getHandle;
    private final MethodHandle getName;
    private final MethodHandle getUuid;
    private final MethodHandle getMemory;
    private final MethodHandle getCapability;
    private final MethodHandle getDriverVersion;

    private Nvml(SymbolLookup library) {
        getCount = function(library, "nvmlDeviceGetCount_v2", ADDRESS);
        getHandle = function(library, "nvmlDeviceGetHandleByIndex_v2", JAVA_INT, ADDRESS);
        getName = function(library, "nvmlDeviceGetName", TEXT_OF_CARD);
        getUuid = function(library, "nvmlDeviceGetUUID", TEXT_OF_CARD);
        getMemory = function(library, "nvmlDeviceGetMemoryInfo", ADDRESS, ADDRESS);
        getCapability = function(library, "nvmlDeviceGetCudaComputeCapability", ADDRESS, ADDRESS, ADDRESS);
        getDriverVersion = function(library, "nvmlSystemGetDriverVersion", ADDRESS, JAVA_INT);
    }

    /**
     * Loads and starts it; empty when it is not there, is too old, or finds no driver that works.
     *
     * @param library its name, or its path
     */
    @SuppressWarnings("restricted")
    static Optional<Nvml> open(String library) {
        try {
            SymbolLookup lookup = SymbolLookup.libraryLookup(library, Arena.global());
            return (int) function(lookup, "nvmlInit_v2").invokeExact() == 0
                    ? Optional.of(new Nvml(lookup))
                    : Optional.empty();
        } catch (IllegalArgumentException | NoSuchElementException _) {
            return Optional.empty();
        } catch (Throwable e) {
            throw unexpected("nvmlInit", e);
        }
    }

    private static MethodHandle function(SymbolLookup library, String name, MemoryLayout... arguments) {
        return function(library, name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    /** The cards that answer, in the order of their numbers. */
    List<NvidiaCard> cards() {
        List<NvidiaCard> cards = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            card(i).ifPresent(cards::add);
        }
        return cards;
    }

    /** Version of the driver, such as {@code 580.65.06}; empty when it does not tell. */
    Optional<String> driverVersion() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            return (int) getDriverVersion.invokeExact(text, TEXT_BYTES) == 0
                    ? Optional.of(text.getString(0))
                    : Optional.empty();
        } catch (Throwable e) {
            throw unexpected("nvmlSystemGetDriverVersion", e);
        }
    }

    private int count() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            return (int) getCount.invokeExact(count) == 0 ? Math.clamp(count.get(JAVA_INT, 0), 0, MOST_CARDS) : 0;
        } catch (Throwable e) {
            throw unexpected("nvmlDeviceGetCount", e);
        }
    }

    private Optional<NvidiaCard> card(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            // why: total, free and used, in this order
            MemorySegment memory = arena.allocate(JAVA_LONG, 3);
            if ((int) getHandle.invokeExact(index, place) != 0) {
                return Optional.empty();
            }
            MemorySegment handle = place.get(ADDRESS, 0);
            if ((int) getMemory.invokeExact(handle, memory) != 0) {
                return Optional.empty();
            }
            return Optional.ofNullable(NvidiaCard.of(index, text(arena, getName, handle), memory.getAtIndex(JAVA_LONG, 0),
                    memory.getAtIndex(JAVA_LONG, 1), capability(arena, handle).orElse(null),
                    text(arena, getUuid, handle)));
        } catch (Throwable e) {
            throw unexpected("nvmlDevice", e);
        }
    }

    private static String text(Arena arena, MethodHandle function, MemorySegment handle) throws Throwable {
        MemorySegment text = arena.allocate(TEXT_BYTES);
        return (int) function.invokeExact(handle, text, TEXT_BYTES) == 0 ? text.getString(0) : "";
    }

    private Optional<String> capability(Arena arena, MemorySegment handle) throws Throwable {
        MemorySegment major = arena.allocate(JAVA_INT);
        MemorySegment minor = arena.allocate(JAVA_INT);
        return (int) getCapability.invokeExact(handle, major, minor) == 0
                ? Optional.of(major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0))
                : Optional.empty();
    }

    private static RuntimeException unexpected(String function, Throwable thrown) {
        return thrown instanceof RuntimeException known ? known : new IllegalStateException(function, thrown);
    }
}

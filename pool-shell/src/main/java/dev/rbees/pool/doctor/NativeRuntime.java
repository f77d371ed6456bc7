package dev.rbees.pool.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import dev.rbees.shell.process.Installation;

import static java.lang.foreign.ValueLayout.ADDRESS;

/**
 * Loads ONNX Runtime as a worker does: out of the jar of the installation, through a file in the folder for temporary files,
 * with the system's loader. Nothing is computed.
 */
final class NativeRuntime {

    private static final int LONGEST_VERSION = 64;

    /** How libraries of Linux and of macOS begin. */
    private static final Set<String> MAGIC = Set.of("7f454c46", "cffaedfe", "cafebabe");

    private NativeRuntime() {}

    /**
     * Its version, as the loaded library tells.
     *
     * @throws IOException when it cannot be loaded; the message says why
     */
    static String version(Path installation) throws IOException {
        Path jar = Installation.library(installation, "onnxruntime-")
                .or(() -> Installation.library(installation, "onnxruntime_gpu-"))
                .orElseThrow(() -> new IOException("there is no ONNX Runtime in " + installation.resolve("lib")));
        Path library = Files.createTempFile("rbees-doctor-", ".lib");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(entry(System.getProperty("os.name", ""), System.getProperty("os.arch", "")));
            if (entry == null) {
                throw new IOException(jar.getFileName() + " has no library for this system");
            }
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, library, StandardCopyOption.REPLACE_EXISTING);
            }
            if (!isLibrary(library)) {
                throw new IOException("the ONNX Runtime in " + jar.getFileName() + " is no library");
            }
            return load(library);
        } finally {
            Files.deleteIfExists(library);
        }
    }

    private static String entry(String system, String kind) {
        String processor = kind.equals("amd64") || kind.equals("x86_64") ? "x64" : "aarch64";
        return "ai/onnxruntime/native/" + (system.startsWith("Mac")
                ? "osx-" + processor + "/libonnxruntime.dylib"
                : "linux-" + processor + "/libonnxruntime.so");
    }

    /** why: of a file that is something else, the JDK would warn on standard output, among our data. */
    private static boolean isLibrary(Path library) throws IOException {
        try (InputStream in = Files.newInputStream(library)) {
            return MAGIC.contains(HexFormat.of().formatHex(in.readNBytes(4)));
        }
    }

    @SuppressWarnings("restricted")
    private static String load(Path library) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup runtime = SymbolLookup.libraryLookup(library, arena);
            MemorySegment base = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(runtime.findOrThrow("OrtGetApiBase"), FunctionDescriptor.of(ADDRESS)).invokeExact();
            MemorySegment getVersion = base.reinterpret(2 * ADDRESS.byteSize()).getAtIndex(ADDRESS, 1);
            MemorySegment version = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(getVersion, FunctionDescriptor.of(ADDRESS)).invokeExact();
            return version.reinterpret(LONGEST_VERSION).getString(0);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new IOException("ONNX Runtime cannot be loaded on this machine", e);
        } catch (Throwable e) {
            throw new IOException("ONNX Runtime cannot be called on this machine", e);
        }
    }
}

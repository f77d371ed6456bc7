package dev.rbees.worker.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.onnxruntime.OrtEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of NVIDIA's that the CUDA provider of ONNX Runtime 1.29 cannot be loaded without. The provider that
 * {@code rbees-pool backend install cuda} brings is for CUDA 13 and has its libraries beside it, though those of the system do
 * as well; that of a build of rbees with CUDA is for CUDA 12 and uses those of the system.
 *
 * @param release of CUDA
 * @param folder with the provider and its libraries; null for the provider of the build
 */
record CudaSet(int release, @Nullable Path folder) {

    /** Says where the Java interface of the runtime takes the runtime from; it looks when it starts. */
    private static final String RUNTIME = "onnxruntime.native.onnxruntime.path";
    private static final String VERSION = "1.29.0";
    private static final int OF_THE_BUILD = 12;
    private static final int INSTALLED = 13;
    private static final List<String> WHEN_THERE = List.of("libnvrtc.so.13", "libcudnn.so.9");
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");
    private static final String DRIVER = "cuda.";

    /**
     * What there is on this machine.
     *
     * @param backends where {@code rbees-pool backend install} puts libraries
     */
    static CudaSet find(Path backends) {
        Path installed = backends.resolve("cuda-" + version());
        return Files.isRegularFile(installed.resolve("libonnxruntime.so." + version()))
                ? new CudaSet(INSTALLED, installed)
                : new CudaSet(OF_THE_BUILD, null);
    }

    /** why: a provider goes with the runtime of its own version and with no other. */
    private static String version() {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        return version == null ? VERSION : version;
    }

    boolean isInstalled() {
        return folder != null;
    }

    /** Makes the runtime that starts next the one beside the provider; it is the same program, and knows the provider. */
    void chooseRuntime() {
        if (folder != null) {
            System.setProperty(RUNTIME, folder.resolve("libonnxruntime.so." + version()).toString());
        }
    }

    /**
     * Loads all of them for as long as the process lives, in the order in which they need each other. why: the provider is
     * loaded by the runtime and asks for them by name, and a library of that name that is loaded already will do.
     *
     * @return CUDA's own runtime
     * @throws dev.rbees.api.error.RbeesException MODEL_LOAD_FAILED, naming the first library that is missing
     */
    SymbolLookup loadAll() {
        SymbolLookup runtime = names().stream().map(this::require).toList().get(1);
        if (folder != null) {
            // why: some operators look for these by name, and do without them when there are none
            WHEN_THERE.forEach(name -> load(folder.resolve(name).toString()));
        }
        return runtime;
    }

    private List<String> names() {
        return WINDOWS
                ? List.of("nvcuda.dll", "cudart64_" + release + ".dll", "cublasLt64_" + release + ".dll",
                        "cublas64_" + release + ".dll", "curand64_10.dll")
                : List.of("libcuda.so.1", "libcudart.so." + release, "libcublasLt.so." + release,
                        "libcublas.so." + release, "libcurand.so.10");
    }

    SymbolLookup require(String name) {
        for (Path place : places()) {
            Optional<SymbolLookup> found = Files.isRegularFile(place.resolve(name))
                    ? load(place.resolve(name).toString())
                    : Optional.empty();
            if (found.isPresent()) {
                return found.get();
            }
        }
        return load(name).orElseThrow(() -> Device.missing("CUDA cannot be used: " + name + " is missing; install "
                + (name.contains(DRIVER)
                        ? "NVIDIA's driver, so that the loader finds it (LD_LIBRARY_PATH),"
                        : "the libraries of CUDA " + release + " (rbees-pool backend install cuda brings those of 13)")
                + " or take --backend cpu"));
    }

    @SuppressWarnings("restricted")
    private static Optional<SymbolLookup> load(String library) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Folders that are looked into before the loader is asked: ours, and where NVIDIA's installer puts its libraries. */
    private List<Path> places() {
        List<Path> places = new ArrayList<>();
        if (folder != null) {
            places.add(folder);
        }
        try (DirectoryStream<Path> toolkits = Files.newDirectoryStream(Path.of("/usr/local"), "cuda*")) {
            toolkits.forEach(toolkit -> places.add(toolkit.resolve("lib64")));
        } catch (IOException _) {
            // no such folder on this system
        }
        places.add(Path.of("/opt/cuda/lib64"));
        return places;
    }
}

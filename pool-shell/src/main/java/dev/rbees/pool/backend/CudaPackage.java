package dev.rbees.pool.backend;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A package of the Python index with libraries that CUDA workers need.
 *
 * @param project its name
 * @param version exactly
 * @param libraries names of the files that are taken out of it, as a pattern
 * @param needed of these, those that it must have
 */
record CudaPackage(String project, String version, Pattern libraries, List<String> needed) {

    /** The version of ONNX Runtime that workers are built with: its provider goes with no other. */
    static final String RUNTIME = "1.29.0";

    /** The release of CUDA that this build of ONNX Runtime is made for. */
    static final int CUDA = 13;

    /** The first driver that knows it. */
    static final int DRIVER = 580;

    /**
     * Everything but the driver. why: 13.0 is the first release of CUDA 13, whose libraries every driver for 13 knows. cuDNN
     * and NVRTC are looked up by name when an operator wants them.
     */
    static final List<CudaPackage> ALL = List.of(
            of("onnxruntime-gpu", RUNTIME, "libonnxruntime(_providers_(shared|cuda))?\\.so(\\.[0-9.]+)?",
                    "libonnxruntime.so." + RUNTIME, "libonnxruntime_providers_shared.so",
                    "libonnxruntime_providers_cuda.so"),
            of("nvidia-cuda-runtime", "13.0.96", "libcudart\\.so\\.13", "libcudart.so.13"),
            of("nvidia-cublas", "13.1.0.3", "libcublas(Lt)?\\.so\\.13", "libcublasLt.so.13", "libcublas.so.13"),
            of("nvidia-curand", "10.4.0.35", "libcurand\\.so\\.10", "libcurand.so.10"),
            of("nvidia-cuda-nvrtc", "13.0.88", "libnvrtc(-builtins)?\\.so\\.13[0-9.]*", "libnvrtc.so.13"),
            of("nvidia-cudnn-cu13", "9.15.1.9", "libcudnn[a-z_]*\\.so\\.9", "libcudnn.so.9"));

    private static CudaPackage of(String project, String version, String libraries, String... needed) {
        return new CudaPackage(project, version, Pattern.compile(libraries), List.of(needed));
    }
}

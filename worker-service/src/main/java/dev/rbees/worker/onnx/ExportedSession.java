package dev.rbees.worker.onnx;

import java.nio.file.Path;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/** Sessions of ONNX Runtime's own Java interface, for graphs of others, whose shapes change from run to run. */
final class ExportedSession {

    private ExportedSession() {}

    /**
     * @param graph that was checked
     * @param threads that one run uses
     * @throws RbeesException MODEL_LOAD_FAILED
     */
    static OrtSession open(Path graph, int threads) {
        try {
            OnnxRuntime.start();
        } catch (OrtFailure e) {
            throw notLoaded(graph, e);
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            // why: a pattern is planned for each new shape, and each run has a new one
            options.setMemoryPatternOptimization(false);
            return OrtEnvironment.getEnvironment().createSession(graph.toString(), options);
        } catch (OrtException e) {
            throw notLoaded(graph, e);
        }
    }

    static RbeesException notLoaded(Path graph, Throwable cause) {
        return ModelFault.of("ONNX Runtime cannot load " + graph.getFileName()
                + "; is the file complete, and made for this version of the runtime?",
                cause instanceof OrtFailure ? cause : new OrtFailure(cause));
    }

    static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new RbeesException(ErrorCode.INTERNAL, "ONNX Runtime cannot free a model", new OrtFailure(e));
        }
    }
}

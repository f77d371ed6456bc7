package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;

/**
 * ONNX Runtime in this process, without its telemetry: from 1.29 on its Linux builds send the names and digests of models
 * to their maker unless the environment says no before the library starts. (That code also crashes on command lines of more
 * than about 8 kB.)
 */
final class OnnxRuntime {

    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

    private OnnxRuntime() {}

    static synchronized OrtEnvironment environment() throws OrtException {
        setEnvironmentVariable(NO_TELEMETRY, "1");
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, "rbees");
        environment.setTelemetry(false);
        return environment;
    }

    /** Sets a variable for native code; Java's own view of the environment does not change. */
    private static void setEnvironmentVariable(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) CLibrary.function("setenv", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (result != 0) {
                throw new IllegalStateException("setenv gave " + result);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setenv", e);
        }
    }
}

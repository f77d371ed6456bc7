package dev.rbees.worker.onnx;

/** ONNX Runtime has refused or failed; the message is its own. */
final class OrtFailure extends Exception {

    private static final long serialVersionUID = 1;

    OrtFailure(String message) {
        super(message);
    }

    OrtFailure(Throwable cause) {
        super(cause);
    }
}

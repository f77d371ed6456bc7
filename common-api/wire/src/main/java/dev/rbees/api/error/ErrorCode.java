package dev.rbees.api.error;

/**
 * Every way a request can be refused or a task can fail. The names are part of the wire contract: they appear in the
 * {@code /v2} envelope, in the OpenAI envelope, in the last event of a stream and decide the exit code of the CLIs.
 */
public enum ErrorCode {
    /** The request has problems; {@code details.errors} lists all of them. */
    INVALID_REQUEST(Category.CLIENT, 400, ExitCode.USAGE),
    /** The prompt, or the prompt and the wanted answer together, do not fit into the model's context. */
    CONTEXT_LENGTH_EXCEEDED(Category.CLIENT, 400, ExitCode.USAGE),
    /** No token, or a wrong one. */
    UNAUTHORIZED(Category.CLIENT, 401, ExitCode.NOT_ALLOWED),
    /** The caller may not do this. */
    FORBIDDEN(Category.CLIENT, 403, ExitCode.NOT_ALLOWED),
    /** No model of that name is known. */
    MODEL_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No task of that id is known. */
    TASK_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No worker of that id is known. */
    WORKER_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No pool of that id is known. */
    POOL_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No session of that id is known. */
    SESSION_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No tenant of that id is known. */
    TENANT_NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** No resource has this path. */
    NOT_FOUND(Category.CLIENT, 404, ExitCode.NOT_FOUND),
    /** The resource has no such method. */
    METHOD_NOT_ALLOWED(Category.CLIENT, 405, ExitCode.USAGE),
    /** It exists already, or is in a state that does not allow this. */
    CONFLICT(Category.CLIENT, 409, ExitCode.FAILED),
    /** The body or one of its texts is larger than the limit. */
    PAYLOAD_TOO_LARGE(Category.CLIENT, 413, ExitCode.USAGE),
    /** The body is not JSON. */
    UNSUPPORTED_MEDIA_TYPE(Category.CLIENT, 415, ExitCode.USAGE),
    /** The Host header names a machine that this address does not belong to. */
    MISDIRECTED_REQUEST(Category.CLIENT, 421, ExitCode.NOT_ALLOWED),
    /** The idempotency key was used before with another body. */
    IDEMPOTENCY_KEY_REUSED(Category.CLIENT, 422, ExitCode.USAGE),
    /** The queue is full; {@code Retry-After} says when to try again. */
    QUEUE_FULL(Category.CAPACITY, 429, ExitCode.UNAVAILABLE),
    /** The caller's quota is used up. */
    QUOTA_EXCEEDED(Category.CAPACITY, 429, ExitCode.UNAVAILABLE),
    /** The task was cancelled. Only seen as an event. */
    CANCELLED(Category.CLIENT, 499, ExitCode.FAILED),
    /** The model failed while it was generating. */
    INFERENCE_FAILED(Category.UPSTREAM, 500, ExitCode.FAILED),
    /** The device ran out of memory while it was generating. */
    VRAM_OOM(Category.UPSTREAM, 500, ExitCode.FAILED),
    /** The model's files cannot be loaded. */
    MODEL_LOAD_FAILED(Category.UPSTREAM, 500, ExitCode.FAILED),
    /** The task ended several workers and is not tried again. */
    POISON_TASK(Category.UPSTREAM, 500, ExitCode.FAILED),
    /** A fault of rbees itself. */
    INTERNAL(Category.INTERNAL, 500, ExitCode.FAILED),
    /** Every slot of the worker is in use. */
    ALL_SLOTS_BUSY(Category.CAPACITY, 503, ExitCode.UNAVAILABLE),
    /** The program is shutting down and takes no new work. */
    DRAINING(Category.CAPACITY, 503, ExitCode.UNAVAILABLE),
    /** The program sheds load. */
    OVERLOADED(Category.CAPACITY, 503, ExitCode.UNAVAILABLE),
    /** The record cannot be written, so nothing new is accepted. */
    STORAGE_UNAVAILABLE(Category.INTERNAL, 503, ExitCode.FAILED),
    /** The worker died, hung or cannot be reached. */
    WORKER_UNAVAILABLE(Category.UPSTREAM, 503, ExitCode.UNAVAILABLE),
    /** The worker process did not become ready. */
    WORKER_START_FAILED(Category.UPSTREAM, 503, ExitCode.FAILED),
    /** The pool cannot be reached. */
    POOL_UNAVAILABLE(Category.UPSTREAM, 503, ExitCode.UNAVAILABLE),
    /** The device has too little memory for the model. */
    INSUFFICIENT_VRAM(Category.CAPACITY, 503, ExitCode.FAILED),
    /** The task's own deadline passed. */
    DEADLINE_EXCEEDED(Category.CLIENT, 504, ExitCode.UNAVAILABLE),
    /** A time limit of the system passed. */
    TIMEOUT(Category.UPSTREAM, 504, ExitCode.UNAVAILABLE);

    /** Who has to act: the caller, nobody (wait), rbees itself, or the machine behind it. */
    public enum Category {
        CLIENT,
        CAPACITY,
        INTERNAL,
        UPSTREAM
    }

    private final Category category;
    private final int httpStatus;
    private final ExitCode exitCode;

    ErrorCode(Category category, int httpStatus, ExitCode exitCode) {
        this.category = category;
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
    }

    public Category category() {
        return category;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}

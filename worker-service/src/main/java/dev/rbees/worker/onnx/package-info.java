/**
 * ONNX Runtime: sessions, devices, the KV cache. The only package that knows the runtime, and with it memory outside the heap.
 *
 * <p>
 * A session is opened on the thread {@code load}. Then decode steps belong to the thread that claimed the decoder, which is
 * checked, while prefills may run beside them on another one; interruptions and checks of residency may come from any thread.
 * A session is closed when nothing runs.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.onnx;

/**
 * From a model's file to an ONNX graph: reads GGUF and safetensors, packs weights, writes the graph and its weights once, and
 * inspects graphs of others before the runtime sees them.
 *
 * <p>
 * On the thread {@code load}; several processes may import the same model at a time. It knows files and formats, and not the
 * runtime.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.worker.graph;

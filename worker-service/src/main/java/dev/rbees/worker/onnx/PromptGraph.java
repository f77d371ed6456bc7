package dev.rbees.worker.onnx;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.PlainActivations;

/**
 * Whether prompts are read with a graph of their own, which {@link PlainActivations} makes: where that is faster, and where
 * the second copy of the weights is small beside the machine's memory.
 *
 * <p>
 * why: the choice changes the last bits of results. So it depends on what a machine has, and never on how busy it is.
 */
final class PromptGraph {

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    /** Of the machine's memory, the part that a second copy may take. */
    private static final int PART = 16;

    private PromptGraph() {}

    /**
     * The graph for prompts; empty when they are read with the model's own.
     *
     * @throws IOException when the model's graph cannot be read
     */
    static Optional<byte[]> of(ImportedModel model, int positions, Device device) throws IOException {
        return fits(model.description().weightsBytes(), device)
                ? PlainActivations.rewrite(Files.readAllBytes(model.graph(positions)))
                : Optional.empty();
    }

    /** Whether a model with 4-bit matrices and so many bytes of weights has one on this machine. */
    static boolean fits(long weightsBytes, Device device) {
        return device.backend() == Backend.CPU && weightsBytes <= machineBytes() / PART && isFaster(PROCESSOR);
    }

    /** Whether the processor has AVX-512: it was measured to be faster there, and nowhere else yet. */
    static boolean isFaster(Path processor) {
        try (Stream<String> lines = Files.lines(processor)) {
            return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx512f "));
        } catch (IOException e) {
            return false; // not on Linux
        }
    }

    private static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}

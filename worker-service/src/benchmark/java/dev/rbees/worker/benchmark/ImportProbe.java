package dev.rbees.worker.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.rbees.api.json.Json;
import dev.rbees.home.RbeesHome;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.graph.ModelImporter;

/**
 * Imports a model and says on standard output, as one line of JSON, how long that took and how much memory the process had at
 * most. Arguments: the model's file, a folder for the import, which must be empty for an import to happen.
 */
public final class ImportProbe {

    private ImportProbe() {}

    public static void main(String[] args) throws IOException {
        Path model = Path.of(args[0]);
        RbeesHome home = new RbeesHome(Path.of(args[1]).toAbsolutePath()).open();
        AtomicLong verified = new AtomicLong();
        long began = System.nanoTime();
        new ModelImporter(home, ImportOptions.DEFAULT).open(model, (phase, _) -> {
            if (phase == Phase.VERIFY) {
                verified.set(System.nanoTime());
            }
        });
        long ended = System.nanoTime();
        System.out.println(Json.write(Map.of("cores", Runtime.getRuntime().availableProcessors(),
                "verify_ms", (verified.get() - began) / 1e6, "import_ms", (ended - verified.get()) / 1e6,
                "peak_kb", peakKilobytes())));
    }

    /** The most memory that the process had so far, as Linux counts it. */
    private static long peakKilobytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .orElseThrow(() -> new IOException("the kernel does not say VmHWM"));
        }
    }
}

package dev.rbees.pool.inventory;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

import dev.rbees.api.pool.PoolInfo.Cpu;

/** The processor: on Linux what the kernel says, and OSHI's word elsewhere. */
final class Processor {

    /** What the matrix kernels of ONNX Runtime choose by, in the words of the kernel of Linux. */
    private static final List<String> USEFUL = List.of("avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw",
            "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16", "asimd", "asimdhp",
            "asimddp", "i8mm", "bf16", "sve", "sve2", "sme");
    /** Apple's words for the same. */
    private static final List<String> APPLE = List.of("FEAT_DotProd", "FEAT_FP16", "FEAT_I8MM", "FEAT_BF16", "FEAT_SME");
    private static final List<Path> BOARDS = List.of(Path.of("/sys/firmware/devicetree/base/model"),
            Path.of("/sys/class/dmi/id/product_name"));

    private final Path proc;

    Processor() {
        this(Path.of("/proc/cpuinfo"));
    }

    Processor(Path proc) {
        this.proc = proc;
    }

    Cpu read() {
        List<String> lines = ProcText.lines(proc);
        int cores = Runtime.getRuntime().availableProcessors();
        Optional<String> words = ProcText.value(lines, "flags").or(() -> ProcText.value(lines, "Features"));
        if (words.isEmpty()) {
            return fromOshi(cores);
        }
        Set<String> flags = Set.of(words.get().split("\\s+", -1));
        return new Cpu(name(lines), cores, USEFUL.stream().filter(flags::contains).toList());
    }

    /** why: kernels of other processors than Intel's and AMD's tell no name, but often that of the board. */
    private static String name(List<String> lines) {
        return ProcText.value(lines, "model name").or(() -> ProcText.value(lines, "Model"))
                .or(() -> BOARDS.stream().flatMap(board -> ProcText.lines(board).stream())
                        .map(line -> line.replace("\0", "").strip()).filter(line -> !line.isEmpty()).findFirst())
                .orElseGet(() -> System.getProperty("os.arch", "unknown"));
    }

    private static Cpu fromOshi(int cores) {
        CentralProcessor processor = new SystemInfo().getHardware().getProcessor();
        String flags = " " + String.join(" ", processor.getFeatureFlags()).replaceAll("[^A-Za-z0-9_]+", " ") + " ";
        String lower = flags.toLowerCase(Locale.ROOT);
        List<String> found = Stream.concat(USEFUL.stream().filter(word -> lower.contains(" " + word + " ")),
                APPLE.stream().filter(word -> Arrays.asList(flags.split(" ", -1)).contains(word))).toList();
        return new Cpu(processor.getProcessorIdentifier().getName().strip(), cores, found);
    }
}

package dev.rbees.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.rbees.home.SearchPath;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A small library with the functions of NVML that we call, compiled in the test. */
final class FakeNvml {

    private static final String SOURCE = """
                                         #include <string.h>
                                         typedef struct { unsigned long long total, free, used; } memory;
                                         static int cards[] = {0, 1, 2};
                                         int nvmlInit_v2(void) { return INIT; }
                                         int nvmlDeviceGetCount_v2(unsigned *count) { *count = COUNT; return 0; }
                                         int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **card) { *card = &cards[i]; return 0; }
                                         int nvmlDeviceGetName(void *card, char *name, unsigned size) {
                                             strncpy(name, *(int *) card == 0 ? "NVIDIA H100 80GB HBM3" : "NVIDIA T4", size);
                                             return 0;
                                         }
                                         int nvmlDeviceGetUUID(void *card, char *uuid, unsigned size) {
                                             strncpy(uuid, *(int *) card == 0 ? "GPU-aaaa-1" : "GPU-bbbb-2", size);
                                             return 0;
                                         }
                                         int nvmlDeviceGetMemoryInfo(void *card, memory *m) {
                                             if (*(int *) card == 2) { return 15; /* the card is lost */ }
                                             m->total = *(int *) card == 0 ? 85520809984ULL : 16106127360ULL;
                                             m->free = *(int *) card == 0 ? 80000000000ULL : 15000000000ULL;
                                             m->used = m->total - m->free;
                                             return 0;
                                         }
                                         int nvmlDeviceGetCudaComputeCapability(void *card, int *major, int *minor) {
                                             *major = *(int *) card == 0 ? 9 : 7;
                                             *minor = *(int *) card == 0 ? 0 : 5;
                                             return 0;
                                         }
                                         int nvmlSystemGetDriverVersion(char *version, unsigned size) {
                                             strncpy(version, "580.65.06", size);
                                             return 0;
                                         }
                                         """;

    private FakeNvml() {}

    /** A library with three cards, of which the last one is broken. */
    static String withCards(Path folder) throws Exception {
        return compile(folder, 0, 3);
    }

    /** A library whose driver is not loaded. */
    static String withoutDriver(Path folder) throws Exception {
        return compile(folder, 9, 0);
    }

    private static String compile(Path folder, int init, int count) throws IOException, InterruptedException {
        Path compiler = SearchPath.find("gcc", System.getenv()).orElse(null);
        assumeTrue(compiler != null, "no gcc to compile a library with");
        Path library = folder.resolve("libfake-" + init + ".so");
        Path source = Files.writeString(folder.resolve("fake-" + init + ".c"), SOURCE);
        Process process = new ProcessBuilder(compiler.toString(), "-shared", "-fPIC", "-DINIT=" + init, "-DCOUNT=" + count,
                "-o", library.toString(), source.toString()).inheritIO().start();
        assumeTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, "gcc compiles no library");
        return library.toString();
    }

    /** An environment whose {@code PATH} has one program. */
    static Map<String, String> program(Path folder, String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script);
        file.toFile().setExecutable(true);
        return Map.of("PATH", folder + ":/bin:/usr/bin");
    }
}

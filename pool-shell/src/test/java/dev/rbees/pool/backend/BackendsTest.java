package dev.rbees.pool.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.json.Json;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.backend.BackendView.Status;
import dev.rbees.pool.inventory.Machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class BackendsTest {

    @TempDir
    Path folder;

    private BackendView view(Backend backend, boolean mac, Optional<Path> installation) {
        Map<String, String> environment = Map.of("PATH", folder + ":/bin:/usr/bin");
        assumeTrue(new Machine(Map.of()).nvidiaDriver().isEmpty(), "this machine has a card of its own");
        return new Backends(new CudaFolder(new RbeesHome(folder)), new Machine(environment), installation, mac).list()
                .stream()
                .filter(view -> view.name() == backend).findFirst().orElseThrow();
    }

    private BackendView cuda() {
        return view(Backend.CUDA, false, Optional.empty());
    }

    private void driver(String version, String cards) throws Exception {
        Path smi = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\ncase $1 in *driver*) echo " + version
                + " ;; *) printf '" + cards + "' ;; esac\n");
        smi.toFile().setExecutable(true);
    }

    private void libraries() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("backends/cuda-" + CudaPackage.RUNTIME));
        Files.writeString(lib.resolve("libx.so"), "1234");
        Files.writeString(lib.resolve("backend.json"), Json.write(new CudaFolder.Installed(CudaPackage.RUNTIME, 13,
                List.of(new LibraryFile("libx.so", 4, "0")))));
    }

    @Test
    void theProcessorIsAlwaysThereAndApplesBackendsAreOnMacsOnly() {
        assertThat(view(Backend.CPU, false, Optional.empty()).status()).isEqualTo(Status.AVAILABLE);
        assertThat(view(Backend.COREML, false, Optional.empty()).status()).isEqualTo(Status.MISSING);
        assertThat(view(Backend.COREML, true, Optional.empty()).status()).isEqualTo(Status.AVAILABLE);
        assertThat(view(Backend.CUDA, true, Optional.empty()).detail()).isEqualTo("exists on Linux only");
    }

    @Test
    void saysWhatIsMissingForCuda() throws Exception {
        assertThat(cuda()).isEqualTo(new BackendView(Backend.CUDA, Status.MISSING,
                "missing: NVIDIA's driver, and the libraries (backend install cuda)"));

        libraries();
        assertThat(cuda()).isEqualTo(new BackendView(Backend.CUDA, Status.INSTALLED,
                "CUDA 13, 4 B; missing: NVIDIA's driver 580 or newer"));

        driver("550.54.15", "");
        assertThat(cuda().detail()).endsWith("missing: a driver of version 580 or newer, it is 550.54.15");
        driver("580.65.06", "");
        assertThat(cuda().detail()).endsWith("missing: a card that works");

        driver("580.65.06", "0, NVIDIA T4, 15360, 15000, 7.5, 00000000:00:04.0\\n");
        assertThat(cuda()).isEqualTo(new BackendView(Backend.CUDA, Status.AVAILABLE,
                "CUDA 13, 4 B; driver 580.65.06; NVIDIA T4"));

        Files.delete(folder.resolve("backends/cuda-" + CudaPackage.RUNTIME + "/libx.so"));
        assertThat(cuda()).isEqualTo(new BackendView(Backend.CUDA, Status.MISSING,
                "damaged: libx.so is missing (backend install cuda)"));
    }

    @Test
    void aBuildWithCudaNeedsNoLibrariesOfOurs() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("install/lib"));
        Files.createFile(lib.resolve("onnxruntime_gpu-1.29.0.jar"));

        assertThat(view(Backend.CUDA, false, Optional.of(folder.resolve("install"))))
                .isEqualTo(new BackendView(Backend.CUDA, Status.INSTALLED,
                        "part of this build, for CUDA 12; missing: NVIDIA's driver"));
    }
}

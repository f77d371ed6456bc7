package dev.rbees.pool.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.home.RbeesHome;
import dev.rbees.pool.backend.CudaFolder;
import dev.rbees.pool.doctor.Finding.Status;
import dev.rbees.pool.inventory.Machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class AcceleratorChecksTest {

    @TempDir
    Path folder;

    private Path install;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(new Machine(Map.of()).nvidiaDriver().isEmpty(), "this machine has a card of its own");
        install = Files.createDirectories(folder.resolve("install"));
        Files.createDirectories(install.resolve("lib"));
        Files.createDirectories(folder.resolve("pci"));
    }

    private AcceleratorChecks checks() {
        return new AcceleratorChecks(new Machine(Map.of("PATH", folder + ":/bin:/usr/bin")),
                new CudaFolder(new RbeesHome(folder)), Optional.of(install), folder.resolve("pci"));
    }

    private void driver(String version, String cards) throws Exception {
        Path smi = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\ncase $1 in *driver*) echo " + version
                + " ;; *) printf '" + cards + "' ;; esac\n");
        smi.toFile().setExecutable(true);
    }

    private void jar(String name, String... entries) throws Exception {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(install.resolve("lib/" + name)))) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write("this is no library".getBytes(UTF_8));
            }
        }
    }

    @Test
    void theRuntimeOfThisInstallationLoads() throws Exception {
        Path jar = Path.of(System.getProperty("user.home"),
                ".m2/repository/com/microsoft/onnxruntime/onnxruntime/1.29.0/onnxruntime-1.29.0.jar");
        assumeTrue(Files.exists(jar), "ONNX Runtime is not in Maven's local repository");
        Path link = Files.createSymbolicLink(install.resolve("lib/onnxruntime-1.29.0.jar"), jar);

        assertThat(checks().nativeRuntime()).isEqualTo(Verdict.ok("ONNX Runtime 1.29.0 loads"));
        Files.delete(link);
    }

    @Test
    void aRuntimeThatDoesNotLoadIsAFailure() throws Exception {
        assertThat(new AcceleratorChecks(new Machine(Map.of()), new CudaFolder(new RbeesHome(folder)), Optional.empty())
                .nativeRuntime().status()).isEqualTo(Status.FAIL);
        assertThat(checks().nativeRuntime().detail()).startsWith("there is no ONNX Runtime in ");

        jar("onnxruntime-1.jar", "something/else");
        assertThat(checks().nativeRuntime().detail()).isEqualTo("onnxruntime-1.jar has no library for this system");
        jar("onnxruntime-1.jar", "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
                "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib");
        Verdict verdict = checks().nativeRuntime();
        assertThat(verdict.status()).isEqualTo(Status.FAIL);
        assertThat(verdict.detail()).isEqualTo("the ONNX Runtime in onnxruntime-1.jar is no library");
        assertThat(verdict.fix()).contains("glibc");
    }

    @Test
    void driver() throws Exception {
        assertThat(checks().driver().status()).isEqualTo(Status.SKIP);

        Path card = Files.createDirectories(folder.resolve("pci/0000:01:00.0"));
        Files.writeString(card.resolve("vendor"), "0x10de\n");
        Files.writeString(card.resolve("class"), "0x030200\n");
        assertThat(checks().driver().detail()).isEqualTo("there is an NVIDIA card, and no driver that works");

        driver("580.65.06", "");
        assertThat(checks().driver().detail()).isEqualTo("driver 580.65.06 finds no card");
        driver("550.54.15", "0, NVIDIA T4, 15360, 15000, 7.5, 00000000:00:04.0\\n");
        assertThat(checks().driver().status()).isEqualTo(Status.WARN);
        driver("580.65.06", "0, NVIDIA T4, 15360, 15000, 7.5, 00000000:00:04.0\\n");
        assertThat(checks().driver()).isEqualTo(Verdict.ok("driver 580.65.06, 1 card"));
    }

    @Test
    void libraries() throws Exception {
        assertThat(checks().libraries().status()).isEqualTo(Status.SKIP);
        driver("580.65.06", "");
        assertThat(checks().libraries()).isEqualTo(Verdict.warn("the CUDA libraries are not here, so cards are not used",
                "run: rbees-pool backend install cuda"));

        Path libraries = Files.createDirectories(folder.resolve("backends/cuda-1.29.0"));
        assertThat(checks().libraries().status()).isEqualTo(Status.FAIL);
        Files.writeString(libraries.resolve("backend.json"), "{\"version\": \"1.29.0\", \"cuda\": 13, \"files\": []}");
        assertThat(checks().libraries().status()).isEqualTo(Status.OK);
    }
}

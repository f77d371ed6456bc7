package dev.rbees.worker.onnx;

import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.home.SearchPath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CudaSetTest {

    @TempDir
    Path folder;

    private CudaSet installed() throws Exception {
        Path libraries = Files.createDirectories(folder.resolve("cuda-1.29.0"));
        Files.createFile(libraries.resolve("libonnxruntime.so.1.29.0"));
        return CudaSet.find(folder);
    }

    @Test
    void theProviderThatWasInstalledIsForAnotherReleaseThanTheOneOfABuild() throws Exception {
        assertThat(CudaSet.find(folder)).isEqualTo(new CudaSet(12, null));
        assertThat(installed()).isEqualTo(new CudaSet(13, folder.resolve("cuda-1.29.0")));

        // of another version, with which this runtime does not go
        Path other = folder.resolve("other");
        Files.createDirectories(other.resolve("cuda-1.28.0"));
        assertThat(CudaSet.find(other).isInstalled()).isFalse();
    }

    @Test
    void aLibraryBesideTheProviderIsTakenBeforeThatOfTheSystem() throws Exception {
        Path compiler = SearchPath.find("gcc", System.getenv()).orElse(null);
        assumeTrue(compiler != null, "no gcc to compile a library with");
        CudaSet set = installed();
        Path source = Files.writeString(folder.resolve("x.c"), "int of_our_own(void) { return 1; }\n");
        Process process = new ProcessBuilder(compiler.toString(), "-shared", "-fPIC", "-o",
                folder.resolve("cuda-1.29.0/libcudart.so.13").toString(), source.toString()).inheritIO().start();
        assumeTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, "gcc compiles no library");

        SymbolLookup library = set.require("libcudart.so.13");

        assertThat(library.find("of_our_own")).isPresent();
        assertThatThrownBy(() -> set.require("libcublas.so.none"))
                .hasMessageContaining("install the libraries of CUDA 13");
    }
}

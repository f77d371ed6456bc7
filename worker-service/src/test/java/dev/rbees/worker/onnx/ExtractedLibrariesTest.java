package dev.rbees.worker.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ExtractedLibrariesTest {

    @Test
    void findsTheFoldersThatTheProcessHasMapped() {
        assertThat(ExtractedLibraries.folders(List.of(
                "7f0000-7f1000 r-xp 00000000 fe:00 12  /tmp/onnxruntime-java123/libonnxruntime.so",
                "7f1000-7f2000 r-xp 00000000 fe:00 13  /tmp/onnxruntime-java123/libonnxruntime4j_jni.so",
                "7f2000-7f3000 r-xp 00000000 fe:00 14  /usr/lib/libc.so.6", "7f3000-7f4000 rw-p 00000000 00:00 0")))
                .containsExactly("/tmp/onnxruntime-java123");
    }

    @Test
    void removesThemAndTheRuntimeGoesOn() throws Exception {
        Path maps = Path.of("/proc/self/maps");
        assumeTrue(Files.isReadable(maps), "only Linux says which files a process has mapped");
        OnnxRuntime runtime = OnnxRuntime.start();

        ExtractedLibraries.delete();

        assertThat(ExtractedLibraries.folders(Files.readAllLines(maps)).stream().map(Path::of)).noneMatch(Files::exists);
        assertThat(OnnxRuntime.start()).isSameAs(runtime);
    }
}

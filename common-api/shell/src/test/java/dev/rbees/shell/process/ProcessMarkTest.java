package dev.rbees.shell.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ProcessMarkTest {

    @Test
    void marksARunningProcessAndNoOther() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessMark mark = ProcessMark.of(process.pid()).orElseThrow();
        assertThat(mark.alive()).isTrue();
        assertThat(new ProcessMark(mark.pid(), mark.start() + "1").alive()).isFalse();

        process.destroyForcibly().waitFor();

        assertThat(mark.alive()).isFalse();
        assertThat(mark.handle()).isEmpty();
    }

    @Test
    void aProcessIsAliveAsLongAsOneOfItsThreadsIs() throws Exception {
        Path python = Path.of("/usr/bin/python3");
        assumeTrue(Files.isExecutable(python), "no python3 to end the first thread of a process with");
        Process process = new ProcessBuilder(python.toString(), "-c", """
                                                                      import ctypes, threading, time
                                                                      threading.Thread(target=time.sleep, args=(60,)).start()
                                                                      ctypes.CDLL(None).pthread_exit(None)
                                                                      """).start();
        try {
            Path stat = Path.of("/proc/" + process.pid() + "/stat");
            Waiting.until(Duration.ofSeconds(10), () -> Files.readString(stat).contains(") Z "));
            ProcessMark mark = ProcessMark.of(process.pid()).orElseThrow();
            assertThat(mark.alive()).isTrue();

            process.destroyForcibly().waitFor();

            assertThat(mark.alive()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aZombieIsDead() throws Exception {
        // why: the child ends and its parent, which has become another program, never collects it
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 60").start();
        long child = Long.parseLong(parent.inputReader().readLine());
        try {
            Waiting.until(Duration.ofSeconds(10), () -> ProcessMark.of(child).isEmpty());
            assertThat(ProcessHandle.of(child)).as("the JDK still calls it alive").isPresent();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}

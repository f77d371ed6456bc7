package dev.rbees.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OutsideProgramTest {

    @TempDir
    Path folder;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void setPath() {
        environment = Map.of("PATH", folder + ":/bin:/usr/bin", "WORD", "here");
    }

    private OutsideProgram program(Duration limit, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + script);
        file.toFile().setExecutable(true);
        return new OutsideProgram(environment, limit, 100);
    }

    @Test
    void givesWhatWasSaidAndTheExitCode() throws Exception {
        OutsideProgram program = program(Duration.ofMinutes(1), "echo $WORD $1 $(pwd); echo no >&2; exit 3");

        assertThat(program.ask(folder.toRealPath(), "program", "a b"))
                .contains(new OutsideProgram.Answer(3, "here a b " + folder.toRealPath() + "\nno\n"));
        assertThat(program.ask("program").map(OutsideProgram.Answer::done)).contains(false);
        assertThat(program.ask("no-such-program")).isEmpty();
    }

    @Test
    void readsABoundedPartOfTheAnswer() throws Exception {
        Optional<OutsideProgram.Answer> answer = program(Duration.ofMinutes(1), "yes | head -c 1000000").ask("program");

        assertThat(answer.map(said -> said.output().length())).contains(100);
    }

    @Test
    void endsAProgramThatTakesTooLongWithAllThatItStarted() throws Exception {
        OutsideProgram program = program(Duration.ofMillis(300), "echo $$ > pids; sleep 600 & echo $! >> pids; wait");

        assertThat(program.ask(folder, "program")).isEmpty();
        for (String pid : Files.readAllLines(folder.resolve("pids"))) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(handle -> handle.onExit().join());
        }
    }
}

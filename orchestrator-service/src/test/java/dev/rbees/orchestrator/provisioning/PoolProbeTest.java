package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.orchestrator.provisioning.PoolProbe.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

class PoolProbeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private PoolScript script;

    @BeforeEach
    void write() throws IOException {
        script = new PoolScript(folder.resolve("pool"));
    }

    private Outcome probe(String does) throws IOException {
        return new PoolProbe(LIMIT).probe(script.on("status", does).access()).orElseThrow();
    }

    private static Outcome.Unseen unusable(String problem) {
        return new Outcome.Unseen(problem, true);
    }

    @Test
    void readsWhatAPoolSaysOfItself() throws IOException {
        Outcome.Seen seen = (Outcome.Seen) new PoolProbe(LIMIT).probe(script.access()).orElseThrow();
        assertThat(seen.status().host()).isEqualTo("cellar");
        assertThat(seen.status().models()).extracting("id").containsExactly("here");
        assertThat(script.calls()).containsExactly("status --output json");
    }

    @Test
    void tooMuchIsCutAndUnusable() throws IOException {
        assertThat(probe("yes 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"))
                .isEqualTo(unusable("rbees-pool there says more than 4 MB of itself; is that rbees-pool?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo hello", "true", "echo '{}'", "echo '[]'", "echo '{\"schema\":1,\"host\":\"x\"}'"})
    void whatIsNoStatusIsUnusable(String does) throws IOException {
        assertThat(probe(does)).isInstanceOfSatisfying(Outcome.Unseen.class, unseen -> {
            assertThat(unseen.unusable()).isTrue();
            assertThat(unseen.problem()).contains("version");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"available_bytes\":8000/\"available_bytes\":16001", "\"free_bytes\":50/\"free_bytes\":-1",
        "\"workers\":[]/\"workers\":[null]", "\"gpus\":[]/\"gpus\":[{\"index\":-1,\"name\":\"x\",\"vram_total_bytes\":1}]"})
    void numbersThatCannotBeAreNotBelieved(String change) throws IOException {
        String[] words = change.split("/", 2);
        String status = PoolScript.STATUS.replace("\n", "").replace(words[0], words[1]);
        assertThat(probe("echo '" + status + "'"))
                .isEqualTo(unusable("rbees-pool says things there that cannot be; is it of another version?"));
    }

    @Test
    void anotherVersionIsNamed() throws IOException {
        Outcome outcome = probe(
                "echo '" + PoolScript.STATUS.replace("\n", "").replace("\"schema\":1", "\"schema\":2") + "'");
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Unseen.class, unseen -> assertThat(unseen.problem())
                .contains("of another version (its status has the form 2").contains("rbees pool upgrade"));
    }

    @Test
    void aFailureIsToldWithoutThePathsOfThatMachine() throws IOException {
        assertThat(probe("echo 'error: cannot read /home/ann/.rbees/catalog.json' >&2; exit 1"))
                .isEqualTo(unusable("rbees-pool status failed there with exit status 1: error: cannot read catalog.json"));
        assertThat(probe("exit 127")).isInstanceOfSatisfying(Outcome.Unseen.class, unseen -> assertThat(unseen.problem())
                .startsWith("there is no rbees-pool on that machine"));
        assertThat(PoolProbe.withoutPaths("see https://example.org/a/b, ~/.ssh/id and '/etc/x/y'."))
                .isEqualTo("see https://example.org/a/b, id and 'y'.");
    }

    @Test
    void whoDoesNotAnswerInTimeIsEndedAndMayAnswerNextTime() throws IOException {
        script.on("status", "echo $$ > " + script.file("pid") + "; exec sleep 600");
        Outcome outcome = new PoolProbe(Duration.ofSeconds(1)).probe(script.access()).orElseThrow();
        assertThat(outcome).isEqualTo(new Outcome.Unseen("it did not answer within 1 s", false));
        long pid = Long.parseLong(Files.readString(script.file("pid")).strip());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
}

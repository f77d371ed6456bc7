package dev.rbees.e2e;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The checker sees each thing that must not be. */
class HistoryTest {

    private final History history = new History();

    @BeforeEach
    void oneTaskThatWentWell() {
        history.accepted("t");
        history.found("t", "COMPLETED");
        history.delivered("r", "t", 1, "queued");
        history.delivered("r", "t", 2, "token");
    }

    @Test
    void whatWentWellIsNoViolation() {
        history.delivered("r", "t", 3, "end");
        assertThat(history.violations()).isEmpty();
        assertThat(history.readToTheEnd()).isEqualTo(1);
    }

    @Test
    void seesAGap() {
        history.delivered("r", "t", 4, "end");
        assertThat(history.violations()).singleElement().asString().contains("event 4 follows event 2");
    }

    @Test
    void seesARepeat() {
        history.delivered("r", "t", 2, "token");
        assertThat(history.violations()).singleElement().asString().contains("event 2 follows event 2");
    }

    @Test
    void seesTwoEnds() {
        history.delivered("r", "t", 3, "end");
        history.delivered("r", "t", 4, "error");
        assertThat(history.violations()).singleElement().asString().contains("error follows the end");
    }

    @Test
    void seesAStreamWithoutAnEnd() {
        assertThat(history.violations()).singleElement().asString().contains("saw no end after event 2");
    }

    @Test
    void seesATaskThatIsLostOrHangs() {
        history.delivered("r", "t", 3, "end");
        history.accepted("lost");
        history.accepted("hangs");
        history.found("hangs", "RUNNING");
        assertThat(history.violations()).containsExactly("task lost was accepted and is lost",
                "task hangs was accepted and is RUNNING");
    }
}

package dev.rbees.orchestrator.embedding;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a worker may answer to a request for embeddings. */
class EmbeddingCheckTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final WorkerView WORKER = new WorkerView("e1", "http://127.0.0.1:1", Backend.CPU, "bert", "a".repeat(64),
            List.of(Capabilities.EMBEDDING), WorkerStatus.READY, 1, 1, 16, NOW, NOW, "closed");
    private static final EmbeddingRequest REQUEST = new EmbeddingRequest("j", List.of("a", "b"), false);

    private static EmbeddingAnswer checked(String job, List<float[]> embeddings, int dimensions, long tokensIn) {
        return EmbeddingCheck.checked(new EmbeddingAnswer(job, "x", embeddings, dimensions, tokensIn), REQUEST, WORKER);
    }

    private static List<float[]> two(float... numbers) {
        return List.of(numbers, numbers);
    }

    @Test
    void aGoodAnswerIsPassedOnWithTheModelThatWasAsked() {
        EmbeddingAnswer answer = checked("j", two(1, 2), 2, 6);
        assertThat(answer.embeddings()).hasSize(2);
        assertThat(answer.model()).isEqualTo("bert");
        assertThat(answer.tokensIn()).isEqualTo(6);
    }

    @Test
    void tokensAreBoundedByTheTexts() {
        assertThat(checked("j", two(1), 1, Long.MAX_VALUE).tokensIn()).isEqualTo(32);
    }

    @Test
    void whatIsNoAnswerToTheRequestIsRefused() {
        refuses("other", two(1), 1, 1);
        refuses("j", List.of(new float[] {1}), 1, 1);
        refuses("j", two(1, 2), 1, 1);
        refuses("j", two(), 0, 1);
        refuses("j", two(Float.NaN), 1, 1);
        refuses("j", two(1), 1, -1_000_000);
    }

    private static void refuses(String job, List<float[]> embeddings, int dimensions, long tokensIn) {
        assertThatThrownBy(() -> checked(job, embeddings, dimensions, tokensIn)).isInstanceOfSatisfying(
                RbeesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
    }
}

package dev.rbees.worker.embedding;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.worker.testing.TinyBert;
import dev.rbees.worker.testing.TinyEmbedder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbedderTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** How often somebody asked for the time; each time a second later. */
    private final AtomicInteger asked = new AtomicInteger();
    private Embedder embedder;

    @BeforeEach
    void open() {
        embedder = TinyEmbedder.open(folder, 2, () -> NOW.plusSeconds(asked.getAndIncrement()), registry);
    }

    @AfterEach
    void close() {
        embedder.close();
    }

    private static EmbeddingRequest request(String jobId, String... input) {
        return new EmbeddingRequest(jobId, List.of(input), false);
    }

    private EmbeddingAnswer embed(String... input) {
        return embedder.start(request("job", input), null).run();
    }

    private double ended(String outcome) {
        return registry.get("worker.requests").tag("outcome", outcome).counter().count();
    }

    private static String words(int count) {
        return String.join(" ", Collections.nCopies(count, "word"));
    }

    @Test
    void givesEachTextWhatItWouldGetAlone() {
        List<String> texts = IntStream.range(0, 20).mapToObj(i -> "text " + words(i) + " of " + i).toList();
        EmbeddingAnswer together = embed(texts.toArray(String[]::new));
        assertThat(together.embeddings()).hasSize(20);
        assertThat(together.dimensions()).isEqualTo(TinyBert.WIDTH);
        long tokens = 0;
        for (int i = 0; i < texts.size(); i++) {
            EmbeddingAnswer alone = embed(texts.get(i));
            assertThat(together.embeddings().get(i)).isEqualTo(alone.embeddings().getFirst());
            tokens += alone.tokensIn();
        }
        assertThat(together.tokensIn()).isEqualTo(tokens);
        assertThat(ended("success")).isEqualTo(21);
        assertThat(registry.get("worker.tokens.in").counter().count()).isEqualTo(2.0 * tokens);
    }

    @Test
    void refusesATextThatIsTooLongUnlessItMayBeCut() {
        String longest = words(TinyBert.PLACES - 2);
        float[] ofLongest = embed(longest).embeddings().getFirst();
        assertThatThrownBy(() -> embed("short", longest + " word")).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
            assertThat(e)
                    .hasMessage("input[1] has 33 tokens, but the model takes 32; shorten it, split it, or send truncate:"
                            + " true");
        });
        EmbeddingAnswer cut = embedder.start(new EmbeddingRequest("cut", List.of(longest + " more"), true), null).run();
        assertThat(cut.embeddings().getFirst()).isEqualTo(ofLongest);
        assertThat(cut.tokensIn()).isEqualTo(TinyBert.PLACES);
        assertThat(ended("error")).isEqualTo(1);
        assertThat(embedder.slotsFree()).isEqualTo(2);
    }

    @Test
    void takesAsManyRequestsAsItHasSlotsAndNoJobTwice() throws InterruptedException {
        EmbeddingJob first = embedder.start(request("a", "x"), null);
        assertThatThrownBy(() -> embedder.start(request("a", "x"), null)).hasMessageContaining("is running on this worker");
        EmbeddingJob second = embedder.start(request("b", "x"), null);
        assertThat(embedder.slotsFree()).isZero();
        assertThatThrownBy(() -> embedder.start(request("c", "x"), null)).isInstanceOfSatisfying(RbeesException.class,
                e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ALL_SLOTS_BUSY);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                });
        first.run();
        assertThat(embedder.awaitIdle(Duration.ZERO)).isFalse();
        second.run();
        assertThat(embedder.awaitIdle(Duration.ZERO)).isTrue();
        embedder.start(request("a", "x"), null).run();
    }

    @Test
    void endsACancelledJobAndOneWhoseDeadlinePasses() {
        EmbeddingJob cancelled = embedder.start(request("a", "x", "y"), null);
        embedder.cancel("unknown");
        embedder.cancel("a");
        assertThatThrownBy(cancelled::run).extracting(e -> ((RbeesException) e).code()).isEqualTo(ErrorCode.CANCELLED);
        assertThatThrownBy(() -> embedder.start(request("a", "x"), NOW).run())
                .hasMessageContaining("before the request began");
        Instant afterThreeQuestions = NOW.plusSeconds(asked.get() + 2);
        EmbeddingJob late = embedder.start(request("a", "x", "y", "z"), afterThreeQuestions);
        assertThatThrownBy(late::run).hasMessageContaining("before all embeddings were made");
        assertThat(ended("cancelled")).isEqualTo(1);
        assertThat(ended("timeout")).isEqualTo(1);
        assertThat(embedder.slotsFree()).isEqualTo(2);
    }
}

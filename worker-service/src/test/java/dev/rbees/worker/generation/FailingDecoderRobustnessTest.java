package dev.rbees.worker.generation;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.testing.StoryRules;
import dev.rbees.worker.testing.Transcript;
import dev.rbees.worker.tokenizer.Tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

/** Something in the engine fails in a way that nobody foresaw: only the requests that it hit end, and they do end. */
class FailingDecoderRobustnessTest {

    /** Gives the same scores always, but throws on its n-th run. */
    private static final class ThrowingDecoder implements Decoder {

        private final int failingRun;
        private final AtomicInteger runs = new AtomicInteger();

        ThrowingDecoder(int failingRun) {
            this.failingRun = failingRun;
        }

        private void run() {
            if (runs.incrementAndGet() == failingRun) {
                throw new IllegalStateException("nobody foresaw this");
            }
        }

        @Override
        public int positions() {
            return 64;
        }

        @Override
        public int vocabulary() {
            return 4;
        }

        @Override
        public long cacheBytes() {
            return 0;
        }

        @Override
        public boolean prefill(int slot, int past, int[] tokens, float @Nullable [] logits) {
            run();
            return true;
        }

        @Override
        public void interrupt() {
            // its runs take no time
        }

        @Override
        public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
            run();
            return (_, _) -> {
            };
        }

        @Override
        public void close() {
            // it holds nothing
        }
    }

    /** One token for each letter from a on. */
    private static final class Letters implements Tokenizer {

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            return text.chars().map(letter -> letter - 'a').toArray();
        }

        @Override
        public byte[] bytes(int id) {
            return new byte[] {(byte) ('a' + id)};
        }

        @Override
        public int vocabularySize() {
            return 4;
        }

        @Override
        public boolean addsBos() {
            return false;
        }

        @Override
        public String kind() {
            return "letters";
        }
    }

    private static Engine engine(Decoder decoder) {
        LoadedModel model = new LoadedModel("m", new Letters(), null, "it has none", null, Set.of());
        return new Engine(decoder, model, 2, 0, Clock.systemUTC(), new SplittableRandom(1),
                new GenerationMetrics(new SimpleMeterRegistry()), new Liveness(_ -> {
                }));
    }

    private static GenerationRequest request(String job) {
        return new GenerationRequest(job, new Prompt.Raw("abc"), new SamplingParameters(5, 0, Truncation.NONE,
                Penalties.NONE, Map.of(), List.of(), new Seed(1), true, null,
                new ResponseFormat.Text()));
    }

    @Test
    void theFirstFailureEndsItsRequestAndNotTheNext() throws InterruptedException {
        for (int failingRun = 1; failingRun <= 5; failingRun++) {
            try (Engine engine = engine(new ThrowingDecoder(failingRun))) {
                Transcript hit = new Transcript();
                engine.start(request("hit"), null, hit);
                StoryRules.check(hit.await().events(), 0);
                assertThat(hit.last()).isInstanceOfSatisfying(TaskEvent.Failed.class, failed -> {
                    assertThat(failed.code()).isEqualTo(ErrorCode.INFERENCE_FAILED);
                    assertThat(failed.message()).doesNotContain("foresaw");
                });
                Transcript next = new Transcript();
                engine.start(request("next"), null, next);
                StoryRules.check(next.await().events(), 0);
                assertThat(next.last()).isInstanceOf(TaskEvent.End.class);
                assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
            }
        }
    }
}

package dev.rbees.worker.generation;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.testing.StoryRules;
import dev.rbees.worker.testing.Transcript;
import dev.rbees.worker.tokenizer.Tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a fault ends: one answer, the answers of one run, or the program. */
class EngineFaultsTest {

    /** The token that cannot be written. */
    private static final int BROKEN = 3;

    /** One token for each letter from a on; d cannot be turned into text. */
    private static final class Letters implements Tokenizer {

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            return text.chars().map(letter -> letter - 'a').toArray();
        }

        @Override
        public byte[] bytes(int id) {
            if (id == BROKEN) {
                throw new IllegalStateException("nobody foresaw this");
            }
            return new byte[] {(byte) ('a' + id)};
        }

        @Override
        public int vocabularySize() {
            return ScriptedDecoder.VOCABULARY;
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

    private final CompletableFuture<Liveness.Failure> ended = new CompletableFuture<>();
    private final Liveness liveness = new Liveness(ended::complete);
    private final AtomicLong nanos = new AtomicLong();

    private Engine engine(ScriptedDecoder.Script script) {
        LoadedModel model = new LoadedModel("m", new Letters(), null, "it has none", null, Set.of());
        return new Engine(new ScriptedDecoder(script), model, 2, 0, Clock.systemUTC(), new SplittableRandom(1),
                new GenerationMetrics(new SimpleMeterRegistry()), liveness, new RoundWatch(nanos::get));
    }

    private static GenerationRequest request(String job, int maxTokens) {
        return new GenerationRequest(job, new Prompt.Raw("abc"), new SamplingParameters(maxTokens, 0, Truncation.NONE,
                Penalties.NONE, Map.of(), List.of(), new Seed(1), true, null,
                new ResponseFormat.Text()));
    }

    private static Transcript start(Engine engine, String job, int maxTokens) {
        Transcript transcript = new Transcript();
        engine.start(request(job, maxTokens), null, transcript);
        return transcript;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void eventually(BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** The token that the victim gets in the first step that both share cannot be written. */
    private static final class BreaksSlotZeroBesideAnother implements ScriptedDecoder.Script {

        private final CountDownLatch bothCame = new CountDownLatch(1);

        @Override
        public void prefill(int slot) {
            await(bothCame);
        }

        @Override
        public int favourite(int slot, int rows) {
            return slot == 0 && rows == 2 ? BROKEN : rows == 2 ? 1 : 2;
        }
    }

    @Test
    void aSequenceThatCannotChooseItsTokenFailsAlone() throws InterruptedException {
        BreaksSlotZeroBesideAnother script = new BreaksSlotZeroBesideAnother();
        try (Engine engine = engine(script)) {
            Transcript victim = start(engine, "victim", 50);
            Transcript neighbour = start(engine, "neighbour", 40);
            script.bothCame.countDown();
            StoryRules.check(victim.await().events(), 0);
            StoryRules.check(neighbour.await().events(), 0);
            assertThat(victim.last()).isInstanceOfSatisfying(TaskEvent.Failed.class, failed -> {
                assertThat(failed.code()).isEqualTo(ErrorCode.INFERENCE_FAILED);
                assertThat(failed.message()).doesNotContain("foresaw").contains("its log says why");
            });
            assertThat(neighbour.last()).isInstanceOf(TaskEvent.End.class);
            assertThat(neighbour.ids()).as("it was in the step that failed, and lost nothing").contains(1).hasSize(40);
            assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(liveness.failure()).isEmpty();
    }

    @Test
    void aRunThatFailsEndsThoseThatTookPartInIt() throws InterruptedException {
        AtomicInteger shared = new AtomicInteger();
        CountDownLatch bothCame = new CountDownLatch(1);
        try (Engine engine = engine(new ScriptedDecoder.Script() {
            @Override
            public void prefill(int slot) {
                await(bothCame);
            }

            @Override
            public void decode(int rows) {
                if (rows == 2 && shared.incrementAndGet() == 1) {
                    throw new RbeesException(ErrorCode.VRAM_OOM, "the memory ran out");
                }
            }
        })) {
            Transcript one = start(engine, "one", 50);
            Transcript other = start(engine, "other", 50);
            bothCame.countDown();
            for (Transcript hit : List.of(one, other)) {
                assertThat(hit.await().last()).isInstanceOfSatisfying(TaskEvent.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.VRAM_OOM));
            }
            assertThat(start(engine, "next", 5).await().last()).isInstanceOf(TaskEvent.End.class);
        }
        assertThat(liveness.failure()).isEmpty();
    }

    @Test
    void anErrorInTheBatchThreadEndsTheProgram() throws InterruptedException {
        try (Engine engine = engine(new ScriptedDecoder.Script() {
            @Override
            public void decode(int rows) {
                throw new StackOverflowError();
            }
        })) {
            Transcript hit = start(engine, "hit", 5);
            assertThat(hit.await().last()).isInstanceOfSatisfying(TaskEvent.Failed.class,
                    failed -> assertThat(failed.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
            assertThat(ended.join().thread()).isEqualTo("batch-loop");
            assertThat(ended.join().cause()).isInstanceOf(StackOverflowError.class);
            assertThatThrownBy(() -> start(engine, "late", 5)).isInstanceOfSatisfying(RbeesException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
            assertThat(engine.slotsFree()).isEqualTo(2);
        }
    }

    @Test
    void anErrorInTheThreadThatReadsPromptsEndsTheProgram() {
        Engine engine = engine(new ScriptedDecoder.Script() {
            @Override
            public void prefill(int slot) {
                throw new OutOfMemoryError("in a test");
            }
        });
        start(engine, "hit", 5);
        assertThat(ended.join().thread()).isEqualTo("prefill");
        engine.close();
    }

    @Test
    void aReaderThatThrowsHarmsNobodyElse() throws InterruptedException {
        try (Engine engine = engine(new ScriptedDecoder.Script() {
        })) {
            engine.start(request("thrower", 5), null, event -> {
                if (!(event instanceof TaskEvent.Started)) {
                    throw new IllegalStateException("a reader that throws at every event, the last one too");
                }
            });
            assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
            assertThat(start(engine, "next", 5).await().last()).isInstanceOf(TaskEvent.End.class);
        }
        assertThat(liveness.failure()).isEmpty();
    }

    @Test
    void aReaderThatThrowsAtTheFirstEventLeavesNothingBehind() throws InterruptedException {
        try (Engine engine = engine(new ScriptedDecoder.Script() {
        })) {
            assertThatThrownBy(() -> engine.start(request("job", 5), null, _ -> {
                throw new IllegalStateException("a reader that throws");
            })).isInstanceOf(IllegalStateException.class);
            assertThat(engine.slotsFree()).isEqualTo(2);
            assertThat(start(engine, "job", 5).await().last()).as("the job's name is free")
                    .isInstanceOf(TaskEvent.End.class);
        }
    }

    @Test
    void theSignOfLifeComesFromTheLoopItself() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Engine engine = engine(new ScriptedDecoder.Script() {
            @Override
            public void decode(int rows) {
                runs.countDown();
                await(goOn);
            }
        })) {
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());
            eventually(() -> engine.standstill().isEmpty());
            Transcript hangs = start(engine, "hangs", 5);
            await(runs);
            assertThat(engine.standstill()).isEmpty();
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());
            assertThat(engine.standstill()).contains("the batch loop has not come round for 120 s");
            goOn.countDown();
            assertThat(hangs.await().last()).isInstanceOf(TaskEvent.End.class);
            eventually(() -> engine.standstill().isEmpty());
        }
    }

    @Test
    void readersHearThatTheLoopLivesWhileAPromptIsRead() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch signs = new CountDownLatch(2);
        try (Engine engine = engine(new ScriptedDecoder.Script() {
            @Override
            public void prefill(int slot) {
                await(goOn);
            }
        })) {
            Transcript transcript = new Transcript();
            engine.start(request("long", 5), null, new EventSink() {
                @Override
                public void accept(TaskEvent event) {
                    transcript.accept(event);
                }

                @Override
                public void alive() {
                    signs.countDown();
                }
            });
            await(signs);
            goOn.countDown();
            assertThat(transcript.await().last()).isInstanceOf(TaskEvent.End.class);
        }
    }
}

package dev.rbees.worker.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.worker.testing.ProcessMemory;
import dev.rbees.worker.testing.SettableClock;
import dev.rbees.worker.testing.StoryRules;
import dev.rbees.worker.testing.TinyEngine;
import dev.rbees.worker.testing.Transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A thousand requests of every kind, most of which end in some other way than they began. */
class EngineRobustnessTest {

    private static final int SLOTS = 4;
    private static final int REQUESTS = 1000;
    private static final long SEED = 20_261_124;
    private static final long TOLERATED_GROWTH = 48L << 20;
    private static final List<String> PROMPTS = List.of("hello", "hello world", "be kind and brief ".repeat(4),
            "be kind and brief ".repeat(4) + "hello", "x", "hello ".repeat(30), "ÿ€😀");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final Random random = new Random(SEED);
    private final Map<GenerationRequest, List<Integer>> firstAnswers = new HashMap<>();
    private final Map<Class<?>, Integer> endings = new HashMap<>();
    private final Map<Object, Integer> reasons = new HashMap<>();
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        engine = TinyEngine.open(folder, SLOTS, clock, new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** What befalls a request beside its own end. */
    private enum Fate {
        NONE,
        CANCELLED_AT_ONCE,
        CANCELLED_LATER,
        READER_LEAVES,
        DEADLINE
    }

    /** A request under way; its reader cancels after some events if that is its fate. */
    private final class Sent implements EventSink {

        private final GenerationRequest request;
        private final GenerationRequest whole;
        private final int leavesAfter;
        private final Transcript transcript = new Transcript();

        Sent(GenerationRequest request, GenerationRequest whole, int leavesAfter) {
            this.request = request;
            this.whole = whole;
            this.leavesAfter = leavesAfter;
        }

        @Override
        public void accept(TaskEvent event) {
            transcript.accept(event);
            if (transcript.events().size() == leavesAfter) {
                engine.cancel(request.jobId());
            }
        }

        void check() throws InterruptedException {
            transcript.await();
            StoryRules.check(transcript.events(), request.resumed().size());
            countEnding(transcript.last());
            List<Integer> all = new ArrayList<>(request.resumed());
            all.addAll(transcript.ids());
            List<Integer> known = firstAnswers.merge(whole, all, (old, now) -> old.size() >= now.size() ? old : now);
            assertThat(known.subList(0, all.size())).as("the same request gives the same tokens").isEqualTo(all);
        }
    }

    private void countEnding(TaskEvent last) {
        endings.merge(last.getClass(), 1, Integer::sum);
        reasons.merge(switch (last) {
            case TaskEvent.End end -> end.stopReason();
            case TaskEvent.Failed failed -> failed.code();
            case TaskEvent.Started _,TaskEvent.Token _,TaskEvent.Metrics _,TaskEvent.Queued _ -> "none";
        }, 1, Integer::sum);
    }

    @Test
    void aThousandRequestsLeaveNothingBehind() throws InterruptedException {
        List<Sent> running = new ArrayList<>();
        long memoryHalfWay = 0;
        int threadsHalfWay = 0;
        for (int i = 0; i < REQUESTS; i++) {
            if (i == REQUESTS / 2) {
                memoryHalfWay = ProcessMemory.isKnown() ? ProcessMemory.outsideHeap() : 0;
                threadsHalfWay = Thread.activeCount();
            }
            while (running.size() >= SLOTS || (!running.isEmpty() && random.nextInt(4) == 0)) {
                running.remove(random.nextInt(running.size())).check();
            }
            send("r" + i, running);
            clock.advance(Duration.ofMillis(random.nextInt(40)));
        }
        for (Sent left : running) {
            left.check();
        }
        assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
        assertThat(endings.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
        assertThat(reasons).as("every kind of end happened").containsKeys(StopReason.MAX_TOKENS, StopReason.EOS,
                StopReason.STOP_SEQUENCE, ErrorCode.CANCELLED, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threadsHalfWay);
        if (ProcessMemory.isKnown()) {
            assertThat(ProcessMemory.outsideHeap() - memoryHalfWay).isLessThan(TOLERATED_GROWTH);
        }
    }

    private void send(String job, List<Sent> running) throws InterruptedException {
        Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
        GenerationRequest whole = randomRequest();
        GenerationRequest request = new GenerationRequest(job, whole.prompt(), whole.sampling(), beginning(whole));
        Sent sent = new Sent(request, whole, fate == Fate.READER_LEAVES ? 1 + random.nextInt(12) : -1);
        Instant deadline = fate == Fate.DEADLINE ? clock.instant().plusMillis(1 + random.nextInt(60)) : null;
        Runnable cancel = start(request, deadline, sent, running);
        running.add(sent);
        switch (fate) {
            case CANCELLED_AT_ONCE -> cancel.run();
            case CANCELLED_LATER -> {
                sent.transcript.awaitEvent(event -> event instanceof TaskEvent.Token || event.terminal());
                engine.cancel(job);
            }
            case NONE, READER_LEAVES, DEADLINE -> {
                // nothing to do from here
            }
        }
    }

    /** A slot is free as soon as a terminal event has been seen, so that waiting for one is always enough. */
    private Runnable start(GenerationRequest request, @Nullable Instant deadline, EventSink sink, List<Sent> running)
            throws InterruptedException {
        assertThat(running).hasSizeLessThan(SLOTS);
        return engine.start(request, deadline, sink);
    }

    /** One of some hundred requests, so that many come again and can be compared. */
    private GenerationRequest randomRequest() {
        Random choice = new Random(random.nextInt(150));
        Prompt prompt = choice.nextInt(5) == 0
                ? new Prompt.Chat(List.of(new Message(Message.Role.USER, "hello")))
                : new Prompt.Raw(PROMPTS.get(choice.nextInt(PROMPTS.size())));
        Truncation truncation = choice.nextBoolean()
                ? Truncation.NONE
                : new Truncation(choice.nextInt(50), 0.2 + 0.8 * choice.nextDouble(), choice.nextDouble(),
                        choice.nextDouble());
        Penalties penalties = choice.nextBoolean()
                ? Penalties.NONE
                : new Penalties(0.1 + 1.9 * choice.nextDouble(), 4 * choice.nextDouble() - 2, 4 * choice.nextDouble() - 2);
        Map<Integer, Float> bias = choice.nextInt(4) == 0 ? Map.of(choice.nextInt(200), choice.nextFloat() * 20) : Map.of();
        List<String> stop = choice.nextInt(3) == 0 ? List.of("e", "hello", "\n\n") : List.of();
        return new GenerationRequest("any", prompt, new SamplingParameters(choice.nextInt(6) == 0 ? null
                : 1 + choice.nextInt(40), choice.nextInt(3) == 0 ? 0 : 2 * choice.nextDouble(), truncation, penalties, bias,
                stop, new Seed(choice.nextLong()), choice.nextInt(3) > 0, choice.nextInt(4) == 0 ? choice.nextInt(21) : null,
                new ResponseFormat.Text()));
    }

    /** Sometimes a part of what an earlier one gave, to go on from. */
    private List<Integer> beginning(GenerationRequest whole) {
        List<Integer> known = firstAnswers.getOrDefault(whole, List.of());
        return random.nextInt(3) == 0 ? known.subList(0, random.nextInt(known.size() + 1)) : List.of();
    }

    @Test
    void aReaderThatIsGoneBeforeTheFirstEventHoldsNothing() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            Transcript transcript = new Transcript();
            GenerationRequest request = randomRequest();
            engine.start(new GenerationRequest("gone" + i, request.prompt(), request.sampling()), null, transcript).run();
            StoryRules.check(transcript.await().events(), 0);
        }
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void refusedRequestsHoldNothing() {
        for (int i = 0; i < 100; i++) {
            GenerationRequest request = randomRequest();
            assertThatThrownBy(() -> engine.start(request, clock.instant(), new Transcript()))
                    .isInstanceOfSatisfying(RbeesException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
            assertThatThrownBy(() -> engine.start(new GenerationRequest("long", new Prompt.Raw("x".repeat(300)),
                    request.sampling()), null, new Transcript()))
                    .isInstanceOfSatisfying(RbeesException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED));
            assertThatThrownBy(() -> engine.start(new GenerationRequest("resumed", request.prompt(), request.sampling(),
                    List.of(1 << 20)), null, new Transcript())).isInstanceOf(RbeesException.class);
        }
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void theRulesOfAStoryAreSeenToBeBroken() {
        TaskEvent started = new TaskEvent.Started("a", "m", clock.instant(), new Seed(1), null, null);
        TaskEvent end = new TaskEvent.End(1, 0, 1, 0, StopReason.EOS, null);
        TaskEvent token = new TaskEvent.Token("x", 0, 1);
        StoryRules.check(List.of(started, token, end), 0);
        Map<String, List<TaskEvent>> broken = Map.of("begin", List.of(token, end), "more than once",
                List.of(started, started,
                        token, end),
                "does not end", List.of(started, token), "ends more", List.of(started, token, end, end),
                "misses or repeats", List.of(started, token, token, end), "counts", List.of(started, end));
        broken.forEach((problem, events) -> assertThatThrownBy(() -> StoryRules.check(events, 0))
                .isInstanceOf(AssertionError.class).hasMessageContaining(problem));
    }
}

package dev.rbees.worker.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
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
import dev.rbees.worker.testing.TinyEngine;
import dev.rbees.worker.testing.TinyModel;
import dev.rbees.worker.testing.Transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineTest {

    private static final int SLOTS = 3;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        engine = TinyEngine.open(folder, SLOTS, Clock.fixed(NOW, ZoneOffset.UTC), registry);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static GenerationRequest request(String job, String prompt, @Nullable Integer maxTokens, double temperature,
            long seed,
            List<String> stop, boolean ignoreEos) {
        return new GenerationRequest(job, new Prompt.Raw(prompt),
                new SamplingParameters(maxTokens, temperature, Truncation.NONE, Penalties.NONE, Map.of(), stop,
                        new Seed(seed),
                        ignoreEos, null, new ResponseFormat.Text()));
    }

    private static GenerationRequest endless(String job) {
        return request(job, "hello", 200, 1, 3, List.of(), true);
    }

    private Transcript run(GenerationRequest request) throws InterruptedException {
        Transcript transcript = new Transcript();
        engine.start(request, null, transcript);
        return transcript.await();
    }

    @Test
    void tellsTheWholeStory() throws InterruptedException {
        Transcript transcript = run(request("a", "hello world", 5, 0, 1, List.of(), true));
        assertThat(transcript.events().getFirst())
                .isEqualTo(new TaskEvent.Started("a", "tiny", NOW, new Seed(1), null, null));
        assertThat(transcript.tokens()).extracting(TaskEvent.Token::i).containsExactly(0, 1, 2, 3, 4);
        assertThat(transcript.last()).isInstanceOfSatisfying(TaskEvent.End.class, end -> {
            assertThat(end.tokensIn()).isEqualTo(5);
            assertThat(end.tokensOut()).isEqualTo(5);
            assertThat(end.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
        });
    }

    @Test
    void givesTheSameTokensAgainAndOthersForAnotherSeed() throws InterruptedException {
        List<Integer> first = run(request("a", "hello", 40, 0.9, 7, List.of(), true)).ids();
        assertThat(run(request("b", "hello", 40, 0.9, 7, List.of(), true)).ids()).isEqualTo(first);
        assertThat(run(request("c", "hello", 40, 0.9, 8, List.of(), true)).ids()).isNotEqualTo(first);
    }

    @Test
    void givesTheSameTokensInABatchOfDifferentRequests() throws InterruptedException {
        Random random = new Random(4);
        List<GenerationRequest> requests = new ArrayList<>();
        List<List<Integer>> alone = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            GenerationRequest request = request("j" + i, "hello ".repeat(1 + random.nextInt(30)), 5 + random.nextInt(50),
                    random.nextDouble(), i, List.of(), true);
            requests.add(request);
            alone.add(run(request).ids());
        }
        for (int start = 0; start < requests.size(); start += SLOTS) {
            List<Transcript> together = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                together.add(new Transcript());
                engine.start(requests.get(start + i), null, together.get(i));
            }
            for (int i = 0; i < SLOTS; i++) {
                assertThat(together.get(i).await().ids()).isEqualTo(alone.get(start + i));
            }
        }
    }

    private static GenerationRequest inTheForm(String job, String schema, long seed, List<Integer> resumed) {
        SamplingParameters plain = request(job, "hello", 200, 1, seed, List.of(), true).sampling();
        return new GenerationRequest(job, new Prompt.Raw("hello"),
                new SamplingParameters(plain.maxTokens(), plain.temperature(), plain.truncation(), plain.penalties(),
                        plain.logitBias(), plain.stop(), plain.seed(), plain.ignoreEos(), null,
                        new ResponseFormat.JsonSchema(Json.readTree(schema.getBytes(StandardCharsets.UTF_8)))),
                resumed);
    }

    @Test
    void keepsAnAnswerToItsSchemaAndEndsItThere() throws InterruptedException {
        String schema = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":-999,\"maximum\":999},"
                + "\"s\":{\"type\":\"string\",\"maxLength\":5}},\"required\":[\"n\",\"s\"],\"additionalProperties\":false}";
        for (int seed = 0; seed < 6; seed++) {
            Transcript whole = run(inTheForm("f" + seed, schema, seed, List.of()));
            assertThat(((TaskEvent.End) whole.last()).stopReason()).isEqualTo(StopReason.EOS);
            JsonNode value = Json.readTree(whole.tokens().stream().map(TaskEvent.Token::t).collect(Collectors.joining())
                    .getBytes(StandardCharsets.UTF_8));
            assertThat(value.propertyNames()).containsExactly("n", "s");
            assertThat(value.get("n").asInt()).isBetween(-999, 999);
            assertThat(value.get("s").asString().codePointCount(0, value.get("s").asString().length())).isLessThan(6);
            int cut = whole.ids().size() / 2;
            Transcript rest = run(inTheForm("r" + seed, schema, seed, whole.ids().subList(0, cut)));
            assertThat(rest.ids()).isEqualTo(whole.ids().subList(cut, whole.ids().size()));
        }
    }

    @Test
    void refusesASchemaThatItCannotKeepAndABeginningOfAnotherForm() {
        assertThatThrownBy(() -> run(inTheForm("a", "{\"type\":\"object\",\"minProperties\":2,\"dependentSchemas\":{}}", 1,
                List.of()))).isInstanceOf(RbeesException.class).extracting(e -> ((RbeesException) e).code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThatThrownBy(() -> run(inTheForm("b", "{\"type\":\"integer\"}", 1, List.of(5, 6))))
                .hasMessageContaining("cannot follow in the response_format");
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void goesOnWithAnAnswerAsIfItHadNeverBeenCut() throws InterruptedException {
        for (int seed = 0; seed < 4; seed++) {
            GenerationRequest request = request("whole" + seed, "hello".repeat(1 + seed), 40, seed / 2.0, seed,
                    List.of("never-there"), true);
            Transcript whole = run(request);
            for (int cut : List.of(1, 7, 33, 40)) {
                Transcript beside = new Transcript();
                engine.start(endless("beside" + seed + cut), null, beside);
                Transcript rest = run(new GenerationRequest("rest" + seed + cut, request.prompt(), request.sampling(),
                        whole.ids().subList(0, cut)));
                engine.cancel("beside" + seed + cut);
                beside.await();
                assertThat(rest.tokens()).isEqualTo(whole.tokens().subList(cut, 40));
                assertThat(rest.last()).isInstanceOfSatisfying(TaskEvent.End.class,
                        end -> assertThat(end.tokensOut()).isEqualTo(40));
            }
        }
    }

    @Test
    void refusesABiasForATokenThatDoesNotExist() {
        GenerationRequest plain = request("a", "hello", 5, 0, 1, List.of(), true);
        SamplingParameters sampling = plain.sampling();
        GenerationRequest biased = new GenerationRequest("a", plain.prompt(), new SamplingParameters(sampling.maxTokens(),
                sampling.temperature(), sampling.truncation(), sampling.penalties(),
                Map.of(TinyModel.vocabulary() - 1, 1f, TinyModel.vocabulary(), 1f), sampling.stop(), sampling.seed(),
                sampling.ignoreEos(), null, sampling.format()), List.of());
        assertThatThrownBy(() -> engine.start(biased, null, new Transcript())).isInstanceOfSatisfying(RbeesException.class,
                e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e.userMessage()).contains("logit_bias has the token " + TinyModel.vocabulary());
                });
    }

    @Test
    void refusesToGoOnWithTokensThatCannotBe() {
        GenerationRequest request = request("a", "hello", 5, 0, 1, List.of(), true);
        assertThatThrownBy(() -> engine.start(
                new GenerationRequest("b", request.prompt(), request.sampling(), List.of(1, 1, 1, 1, 1, 1)), null,
                new Transcript())).hasMessageContaining("at most as many tokens as the answer may have, 5");
        assertThatThrownBy(() -> engine.start(
                new GenerationRequest("c", request.prompt(), request.sampling(), List.of(100_000)), null,
                new Transcript())).hasMessageContaining("not in the model's vocabulary");
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void reusesTheBeginningOfAPromptThatASlotHolds() throws InterruptedException {
        String system = "be kind and brief and do not lie ".repeat(3);
        GenerationRequest cold = request("cold", system + "hello", 20, 0.7, 5, List.of(), true);
        Transcript first = run(cold);
        Transcript again = run(cold);
        Transcript other = run(request("other", system + "world", 20, 0.7, 5, List.of(), true));
        assertThat(again.ids()).isEqualTo(first.ids());
        assertThat(cached(first)).isZero();
        assertThat(cached(again)).isEqualTo(tokensIn(first) - 2);
        assertThat(cached(other)).isBetween(30, tokensIn(other) - 2);
        engine.close();
        try {
            engine = TinyEngine.open(folder, SLOTS, Clock.fixed(NOW, ZoneOffset.UTC), new SimpleMeterRegistry());
            assertThat(run(request("other", system + "world", 20, 0.7, 5, List.of(), true)).ids()).isEqualTo(other.ids());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatASlotHoldsOfOnesPromptIsNothingToOthers() throws InterruptedException {
        String system = "be kind and brief and do not lie ".repeat(3);
        GenerationRequest ours = request("ours", system, 20, 0.7, 5, List.of(), true).scoped("ours");
        Transcript first = run(ours);
        Transcript again = run(ours);
        assertThat(cached(again)).isEqualTo(tokensIn(first) - 2);
        assertThat(cached(run(ours.scoped("theirs")))).isZero();
        assertThat(cached(run(ours.scoped("theirs")))).isEqualTo(tokensIn(first) - 2);
        assertThat(cached(run(ours.scoped(null)))).isZero();
        assertThat(again.ids()).isEqualTo(first.ids());
    }

    private static int cached(Transcript transcript) {
        return Objects.requireNonNull(((TaskEvent.End) transcript.last()).tokensCached());
    }

    private static int tokensIn(Transcript transcript) {
        return ((TaskEvent.End) transcript.last()).tokensIn();
    }

    /** Requests come, go on, are cancelled and reuse each other's slots, and every answer is what it would have been alone. */
    @Test
    void mixesManyRequestsWithoutChangingAny() throws InterruptedException {
        Random random = new Random(9);
        List<GenerationRequest> requests = new ArrayList<>();
        List<List<Integer>> alone = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String prompt = "be kind ".repeat(random.nextInt(12)) + "hello ".repeat(1 + random.nextInt(8));
            requests.add(request("m" + i, prompt, 1 + random.nextInt(30), random.nextDouble(), i, List.of(), true));
            alone.add(run(requests.get(i)).ids());
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            order.add(random.nextInt(requests.size()));
        }
        Deque<Sent> running = new ArrayDeque<>();
        for (int step = 0; step < order.size(); step++) {
            if (running.size() == SLOTS) {
                running.remove().check();
            }
            GenerationRequest request = requests.get(order.get(step));
            Transcript transcript = new Transcript();
            int cut = random.nextInt(3) == 0 ? random.nextInt(alone.get(order.get(step)).size() + 1) : 0;
            engine.start(new GenerationRequest("s" + step, request.prompt(), request.sampling(),
                    alone.get(order.get(step)).subList(0, cut)), null, transcript);
            running.add(new Sent(transcript, alone.get(order.get(step))));
            if (random.nextInt(5) == 0) {
                engine.cancel("s" + step);
            }
        }
        for (Sent left : running) {
            left.check();
        }
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    /** A request under way, and the tokens that it must give. */
    private record Sent(Transcript transcript, List<Integer> expected) {

        void check() throws InterruptedException {
            transcript.await();
            List<TaskEvent.Token> tokens = transcript.tokens();
            for (TaskEvent.Token token : tokens) {
                assertThat(token.id()).isEqualTo(expected.get(token.i()));
            }
            if (transcript.last() instanceof TaskEvent.End && !tokens.isEmpty()) {
                assertThat(tokens.getLast().i()).isEqualTo(expected.size() - 1);
            }
        }
    }

    @Test
    void endsWhenTheModelWantsToEndUnlessToldNotTo() throws InterruptedException {
        Transcript ended = null;
        for (int seed = 0; ended == null; seed++) {
            Transcript transcript = run(request("s" + seed, "hello", 200, 2, seed, List.of(), false));
            ended = transcript.last() instanceof TaskEvent.End end && end.stopReason() == StopReason.EOS ? transcript : null;
        }
        assertThat(ended.ids()).doesNotContainAnyElementsOf(TinyEngine.ends());
        TaskEvent.Started started = (TaskEvent.Started) ended.events().getFirst();
        Transcript on = run(request("on", "hello", ended.ids().size() + 1, 2, started.seed().bits(), List.of(), true));
        assertThat(on.ids().subList(0, ended.ids().size())).isEqualTo(ended.ids());
        assertThat(on.tokens().getLast().t()).isEmpty();
        assertThat(TinyEngine.ends()).contains(on.ids().getLast());
    }

    @Test
    void stopsAtAStopText() throws InterruptedException {
        String whole = text(run(request("a", "hello", 60, 1, 5, List.of(), true)));
        String stop = whole.substring(8, 10);
        Transcript stopped = run(request("b", "hello", 60, 1, 5, List.of("never-there", stop), true));
        assertThat(text(stopped)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(stopped.last()).isInstanceOfSatisfying(TaskEvent.End.class, end -> {
            assertThat(end.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
            assertThat(end.stopSequenceMatched()).isEqualTo(stop);
        });
    }

    private static String text(Transcript transcript) {
        StringBuilder text = new StringBuilder();
        transcript.tokens().forEach(token -> text.append(token.t()));
        return text.toString();
    }

    @Test
    void refusesMoreThanItsSlotsAndTakesTheNextWhenOneIsFree() throws InterruptedException {
        List<Runnable> cancels = new ArrayList<>();
        List<Transcript> transcripts = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            transcripts.add(new Transcript());
            cancels.add(engine.start(endless("j" + i), null, transcripts.get(i)));
        }
        assertThatThrownBy(() -> engine.start(endless("late"), null, new Transcript()))
                .isInstanceOfSatisfying(RbeesException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ALL_SLOTS_BUSY);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                });
        cancels.get(1).run();
        assertThat(transcripts.get(1).await().last())
                .isEqualTo(new TaskEvent.Failed(ErrorCode.CANCELLED, "the request was cancelled"));
        engine.start(endless("late"), null, new Transcript());
    }

    @Test
    void cancelsByJobWhileItPrefillsAndWhileItDecodes() throws InterruptedException {
        Transcript early = new Transcript();
        engine.start(request("early", "hello ".repeat(60), 50, 0, 1, List.of(), true), null, early);
        engine.cancel("early");
        assertThat(early.await().last()).isInstanceOf(TaskEvent.Failed.class);
        Transcript late = new Transcript();
        engine.start(endless("late"), null, late);
        late.awaitEvent(TaskEvent.Token.class::isInstance);
        engine.cancel("late");
        assertThat(late.await().last()).isInstanceOf(TaskEvent.Failed.class);
        engine.cancel("unknown");
        assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
        assertThat(registry.get("worker.requests").tag("outcome", "cancelled").counter().count()).isEqualTo(2);
    }

    @Test
    void refusesAJobThatRunsAlready() {
        engine.start(endless("twice"), null, new Transcript());
        assertThatThrownBy(() -> engine.start(endless("twice"), null, new Transcript()))
                .isInstanceOfSatisfying(RbeesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(engine.slotsFree()).isEqualTo(SLOTS - 1);
    }

    @Test
    void keepsWithinTheContext() throws InterruptedException {
        String prompt = "x".repeat(200);
        assertThatThrownBy(() -> engine.start(request("a", prompt, 57, 0, 1, List.of(), true), null, new Transcript()))
                .isInstanceOfSatisfying(RbeesException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
                    assertThat(e.userMessage()).contains("200 tokens", "57", "at most 56");
                    assertThat(e.details()).containsEntry("context_length", TinyModel.CONTEXT);
                });
        assertThat(run(request("b", prompt, 56, 0, 1, List.of(), true)).ids()).hasSize(56);
        assertThat(run(request("c", prompt, null, 0, 1, List.of(), true)).ids()).as("what is left").hasSize(56);
        assertThatThrownBy(() -> engine.start(request("d", "x".repeat(256), null, 0, 1, List.of(), true), null,
                new Transcript())).hasMessageContaining("shorten the prompt");
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void refusesAPromptWithoutTokens() {
        assertThatThrownBy(() -> engine.start(request("a", "", 5, 0, 1, List.of(), true), null, new Transcript()))
                .hasMessageContaining("no tokens");
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void putsMessagesThroughTheTemplate() {
        int[] tokens = engine.encode(new Prompt.Chat(List.of(Message.user("he"))));
        assertThat(tokens).startsWith(1).contains(TinyModel.END);
    }

    @Test
    void observesTheDeadline() throws InterruptedException {
        assertThatThrownBy(() -> engine.start(endless("a"), NOW, new Transcript()))
                .isInstanceOfSatisfying(RbeesException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
        Transcript inTime = new Transcript();
        engine.start(endless("b"), NOW.plusMillis(1), inTime);
        assertThat(inTime.await().last()).isInstanceOf(TaskEvent.End.class);
    }

    @Test
    void leaksNothingUnderRandomRequestsAndCancels() throws InterruptedException {
        Random random = new Random(9);
        List<Transcript> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Transcript transcript = new Transcript();
            try {
                Runnable cancel = engine
                        .start(request("r" + i, "hello ".repeat(1 + random.nextInt(20)), 1 + random.nextInt(40),
                                random.nextDouble(), i, List.of(), random.nextBoolean()), null, transcript);
                all.add(transcript);
                if (random.nextInt(3) == 0) {
                    cancel.run();
                }
            } catch (RbeesException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ALL_SLOTS_BUSY);
                all.getLast().await();
            }
        }
        for (Transcript transcript : all) {
            assertThat(transcript.await().events().stream().filter(TaskEvent::terminal)).hasSize(1);
            assertThat(transcript.last().terminal()).isTrue();
        }
        assertThat(engine.slotsFree()).isEqualTo(SLOTS);
    }

    @Test
    void endsWhatRunsWhenItIsClosed() throws InterruptedException {
        Transcript running = new Transcript();
        engine.start(endless("a"), null, running);
        engine.close();
        assertThat(running.await().last().terminal()).isTrue();
    }
}

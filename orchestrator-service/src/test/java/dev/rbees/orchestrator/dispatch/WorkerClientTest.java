package dev.rbees.orchestrator.dispatch;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpResources;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.testing.RawWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Attempts over real HTTP, with workers that do what no worker should. */
class WorkerClientTest {

    private static final int MAX_TOKENS = 3;
    private static final String STARTED = frame(
            new TaskEvent.Started("t", "m", Instant.parse("2026-01-01T00:00:00Z"), new Seed(1), null, null));
    private static final String GOOD = STARTED + token(0) + token(1) + token(2)
            + frame(new TaskEvent.End(2, null, 3, 1, StopReason.MAX_TOKENS, null));

    private final WorkerClient client = new WorkerClient(Optional.empty());

    @AfterEach
    void stop() {
        client.close();
    }

    private static String frame(TaskEvent event) {
        return "event: " + event.type() + "\ndata: " + event.toJson() + "\n\n";
    }

    private static String token(int index) {
        return frame(new TaskEvent.Token("a", index, 5));
    }

    private static AttemptOrder order(String endpoint, String prompt) {
        return order(endpoint, prompt, null);
    }

    private static AttemptOrder order(String endpoint, String prompt, @Nullable Executor loop) {
        SamplingParameters sampling = new SamplingParameters(MAX_TOKENS, 1, SamplingParameters.Truncation.NONE,
                SamplingParameters.Penalties.NONE, Map.of(), List.of(), new Seed(1), false, null,
                new ResponseFormat.Text());
        return new AttemptOrder("w1", endpoint, new GenerationRequest("t", new Prompt.Raw(prompt), sampling), 128, 1_000,
                null,
                "c", null, loop);
    }

    private RecordingListener attempt(RawWorker worker) {
        RecordingListener listener = new RecordingListener();
        client.begin(order(worker.endpoint(), "hello"), listener);
        return listener;
    }

    /** @param what of a worker, as a test's name has it */
    record Damage(String what, RawWorker.Script script) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Damage> damages() {
        String token = token(0);
        return List.of(
                new Damage("says nothing", RawWorker.saying("")),
                new Damage("stops in the middle", RawWorker.saying(RawWorker.STREAM + STARTED + token)),
                new Damage("stops in a frame", RawWorker.saying(RawWorker.STREAM + STARTED + "event: token\ndata: {\"ty")),
                new Damage("no HTTP", RawWorker.saying("SSH-2.0-nothing\r\n\r\n")),
                new Damage("no JSON",
                        RawWorker.saying(RawWorker.STREAM + STARTED + "event: token\ndata: this is no JSON\n\n")),
                new Damage("a page", RawWorker.saying(RawWorker.whole("text/html", "<html><body>hello</body></html>"))),
                new Damage("an error that is a page",
                        RawWorker.saying("HTTP/1.1 500 No\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")),
                new Damage("another token",
                        RawWorker.saying("HTTP/1.1 401 No\r\nContent-Length: 48\r\nConnection: close\r\n\r\n"
                                + "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"x\"}}")),
                new Damage("a forged end", RawWorker.saying(RawWorker.STREAM + STARTED
                        + "event: token\ndata: {\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1}\revent: end\rdata: {\"type\":\"end\","
                        + "\"tokens_in\":1,\"tokens_out\":1,\"decode_time_ms\":1,\"stop_reason\":\"EOS\"}\r\rid: 99999\n\n")),
                new Damage("negative tokens", RawWorker.saying(RawWorker.STREAM + STARTED + token
                        + frame(new TaskEvent.End(-1_000_000, null, 1, 1, StopReason.EOS, null)))),
                new Damage("another task", RawWorker.saying(RawWorker.STREAM + STARTED.replace("\"t\"", "\"other\""))));
    }

    static List<Damage> floods() {
        return List.of(
                new Damage("a line without end", RawWorker.repeating(RawWorker.STREAM, "x".repeat(1000))),
                new Damage("comments without end",
                        RawWorker.repeating(RawWorker.STREAM + STARTED, ": hello\n\n".repeat(99))),
                new Damage("empty lines without end", RawWorker.repeating(RawWorker.STREAM, "\n".repeat(999))),
                new Damage("tokens without end", RawWorker.repeating(RawWorker.STREAM + STARTED + token(0), token(1))),
                new Damage("an end without end", RawWorker.repeating(RawWorker.STREAM + GOOD, GOOD)),
                new Damage("an error without end", RawWorker.repeating("HTTP/1.1 500 No\r\n\r\n", "x".repeat(1000))));
    }

    @Test
    void aConnectionThatNobodyUsesAnyMoreIsClosed() throws Exception {
        String answer = RawWorker.whole("text/event-stream", GOOD);
        try (WorkerClient impatient = new WorkerClient(Optional.empty(), Duration.ofMillis(300));
                RawWorker worker = new RawWorker((_, out) -> {
                    out.write(answer.getBytes(StandardCharsets.UTF_8));
                    return true;
                })) {
            RecordingListener listener = new RecordingListener();
            impatient.begin(order(worker.endpoint(), "hello"), listener);
            assertThat(listener.end()).contains("\"tokens_out\":3");
            assertThat(worker.connections()).isEqualTo(1);
            Waiting.until(() -> worker.open() == 0);
        }
    }

    @Test
    void anAnswerIsReadOnTheLoopOfItsReaderAlsoByAConnectionThatWasUsedBefore() throws Exception {
        String answer = RawWorker.whole("text/event-stream", GOOD);
        List<EventExecutor> loops = StreamSupport.stream(HttpResources.get().onServer(true).spliterator(), false).limit(3)
                .toList();
        try (RawWorker worker = new RawWorker((_, out) -> {
            out.write(answer.getBytes(StandardCharsets.UTF_8));
            return true;
        })) {
            for (int round = 0; round < 3; round++) {
                for (EventExecutor loop : loops) {
                    RecordingListener listener = new RecordingListener();
                    client.begin(order(worker.endpoint(), "hello", loop), listener);
                    assertThat(listener.end()).contains("\"tokens_out\":3");
                    assertThat(listener.threads).containsOnly(loop.submit(() -> Thread.currentThread().getName()).get());
                    Waiting.until(() -> client.live() == 0);
                }
            }
            assertThat(worker.connections()).isEqualTo(loops.size());
        }
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aWorkerThatBreaksTheRulesIsLostAndTheNextAttemptIsNotHarmed(Damage damage) throws Exception {
        try (RawWorker worker = new RawWorker(damage.script());
                RawWorker good = new RawWorker(RawWorker.saying(RawWorker.whole("text/event-stream", GOOD)))) {
            RecordingListener first = attempt(worker);
            assertThat(first.end()).startsWith("WORKER_UNAVAILABLE: ");
            assertThat(attempt(good).end()).contains("\"tokens_out\":3");
            Waiting.until(() -> client.live() == 0);
            assertThat(first.ends()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("floods")
    void aWorkerThatSendsForEverIsCutOff(Damage damage) throws Exception {
        try (RawWorker worker = new RawWorker(damage.script())) {
            RecordingListener listener = attempt(worker);
            listener.end();
            Waiting.until(() -> client.live() == 0 && worker.cut() == 1);
            assertThat(listener.ends()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"not a url at all", "http://127.0.0.1:1", "gopher://127.0.0.1:70", "http://nowhere.invalid:80"})
    void whatCannotBeReachedEndsTheAttemptOnAnotherThread(String endpoint) throws Exception {
        RecordingListener listener = new RecordingListener();
        client.begin(order(endpoint, "hello"), listener);
        assertThat(listener.end()).startsWith("WORKER_UNAVAILABLE: ");
        assertThat(listener.threads).doesNotContain(Thread.currentThread().getName());
        Waiting.until(() -> client.live() == 0);
    }

    @Test
    void noRedirectIsFollowed() throws Exception {
        try (RawWorker elsewhere = new RawWorker(RawWorker.saying(RawWorker.whole("text/event-stream", GOOD)));
                RawWorker worker = new RawWorker(RawWorker.saying("HTTP/1.1 307 There\r\nLocation: " + elsewhere.endpoint()
                        + "/execute\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))) {
            assertThat(attempt(worker).end()).startsWith("WORKER_UNAVAILABLE: ");
            assertThat(client.countTokens(worker.endpoint(), new Prompt.Raw("x"))).failsWithin(20, TimeUnit.SECONDS);
            assertThat(client.embed(worker.endpoint(), new EmbeddingRequest("j", List.of("x"), false), "c"))
                    .failsWithin(20, TimeUnit.SECONDS);
            assertThat(elsewhere.requests()).isZero();
        }
    }

    @Test
    void whoLeavesHearsNothingMoreAndTheWorkerIsLeft() throws Exception {
        try (RawWorker worker = new RawWorker((_, out) -> {
            out.write((RawWorker.STREAM + STARTED + token(0)).getBytes(StandardCharsets.UTF_8));
            while (true) {
                out.write(": working\n\n".getBytes(StandardCharsets.UTF_8));
                LockSupport.parkNanos(5_000_000);
            }
        })) {
            RecordingListener listener = new RecordingListener();
            Runnable leave = client.begin(order(worker.endpoint(), "hello"), listener);
            Waiting.until(() -> listener.heard.size() == 2);
            leave.run();
            leave.run();
            Waiting.until(() -> client.live() == 0 && worker.cut() == 1);
            assertThat(listener.ends()).isZero();
        }
    }

    /** A pooled connection lives on: what an attempt left with it would live as long. */
    @Test
    void nothingOfAnAttemptIsLeftWhenItIsOver() throws Exception {
        try (RawWorker worker = new RawWorker((_, out) -> {
            out.write(RawWorker.whole("text/event-stream", GOOD).getBytes(StandardCharsets.UTF_8));
            return true;
        })) {
            List<WeakReference<?>> left = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                RecordingListener listener = new RecordingListener();
                AttemptOrder order = order(worker.endpoint(), "a long prompt ".repeat(100));
                client.begin(order, listener);
                assertThat(listener.end()).contains("\"tokens_out\":3");
                Waiting.until(() -> client.live() == 0);
                left.add(new WeakReference<>(listener));
                left.add(new WeakReference<>(order));
                left.add(new WeakReference<>(order.request()));
            }
            assertThat(worker.connections()).as("connections that were used again").isLessThan(50);
            Waiting.until(() -> {
                System.gc();
                return left.stream().filter(one -> one.get() != null).count() <= 6;
            });
        }
    }

    // --- tokens ---

    private CompletableFuture<Integer> count(RawWorker worker) {
        return client.countTokens(worker.endpoint(), new Prompt.Raw("one two"));
    }

    @Test
    void countsTokensAndTellsThemOnNoEventLoop() throws Exception {
        try (RawWorker worker = new RawWorker(
                RawWorker.saying(
                        RawWorker.whole("application/json", "{\"model\":\"m\",\"x\":[[1]],\"tokens\":[1,2,[3]]}")))) {
            CompletableFuture<String> thread = count(worker).thenApply(tokens -> tokens + Thread.currentThread().getName());
            assertThat(thread.get(20, TimeUnit.SECONDS)).matches("3(parallel-\\d+|main)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"tokens\":7}", "{\"tokens\":[1,2", "nothing", "{\"tokens\":{\"tokens\":[]}}"})
    void anAnswerWithoutTokensIsNone(String body) throws Exception {
        try (RawWorker worker = new RawWorker(RawWorker.saying(RawWorker.whole("application/json", body)))) {
            assertThat(count(worker)).failsWithin(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void moreTokensThanThePromptCanHaveAreNotBelieved() throws Exception {
        String many = "{\"tokens\":[" + "1,".repeat(5_000) + "1]}";
        try (RawWorker worker = new RawWorker(RawWorker.saying(RawWorker.whole("application/json", many)))) {
            assertThat(count(worker)).failsWithin(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAnswerOfTheTokenizerWithoutEndIsCutOff() throws Exception {
        try (RawWorker worker = new RawWorker(
                RawWorker.repeating("HTTP/1.1 200 OK\r\n\r\n{\"tokens\":[", "1,".repeat(999)))) {
            assertThat(count(worker)).failsWithin(20, TimeUnit.SECONDS);
            Waiting.until(() -> worker.cut() == 1);
        }
    }

    // --- embeddings ---

    private CompletableFuture<?> embed(RawWorker worker) {
        return client.embed(worker.endpoint(), new EmbeddingRequest("j", List.of("x"), false), "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "nothing", "{\"embeddings\":[[1]]"})
    void embeddingsThatCannotBeReadAreTheWorkersFault(String body) throws Exception {
        try (RawWorker worker = new RawWorker(RawWorker.saying(RawWorker.whole("application/json", body)))) {
            assertThatThrownBy(() -> embed(worker).get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOfSatisfying(RbeesException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_UNAVAILABLE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 500})
    void anAnswerWithEmbeddingsWithoutEndIsCutOff(int status) throws Exception {
        try (RawWorker worker = new RawWorker(
                RawWorker.repeating("HTTP/1.1 " + status + " OK\r\n\r\n{\"embeddings\":[[", "1,".repeat(5_000)))) {
            assertThat(embed(worker)).failsWithin(60, TimeUnit.SECONDS);
            Waiting.until(() -> worker.cut() == 1);
        }
    }

    @Test
    void aRefusalOfEmbeddingsKeepsItsCode() throws Exception {
        String body = "{\"error\":{\"code\":\"ALL_SLOTS_BUSY\",\"message\":\"busy\"}}";
        try (RawWorker worker = new RawWorker(RawWorker.saying(
                "HTTP/1.1 503 No\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body))) {
            assertThatThrownBy(() -> embed(worker).get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOfSatisfying(RbeesException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ALL_SLOTS_BUSY));
        }
    }
}

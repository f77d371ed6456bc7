package dev.rbees.orchestrator.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorBody;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerRegistration;

/**
 * A worker over real HTTP that does what the prompt says: {@code say N} makes N tokens, {@code hold} makes one and waits to be
 * released or left, {@code die} closes the connection before the first token, {@code die late} does so after the first one of
 * the answer and otherwise goes on to the third, {@code hang} makes one and says nothing
 * more until somebody else goes on, {@code fail} ends with an error, {@code lie} breaks the rules of its answers, {@code busy N} refuses N times. One that makes
 * embeddings makes of each text its length and its place; the text {@code busy} is refused once, {@code hold} waits.
 */
public final class ScriptedWorker implements AutoCloseable {

    private final String id;
    private final int slots;
    private final String model;
    private final @Nullable String numerics;
    private final HttpServer server;
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final List<String> prompts = new CopyOnWriteArrayList<>();
    private final List<String> scopes = new CopyOnWriteArrayList<>();
    private final List<String> correlationIds = new CopyOnWriteArrayList<>();
    private final List<String> traces = new CopyOnWriteArrayList<>();

    public ScriptedWorker(String id, String model, int slots) throws IOException {
        this(id, model, slots, "n");
    }

    /** @param numerics how it says that it calculates */
    public ScriptedWorker(String id, String model, int slots, @Nullable String numerics) throws IOException {
        this.id = id;
        this.numerics = numerics;
        this.model = model;
        this.slots = slots;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/execute", this::execute);
        server.createContext("/tokenize", this::tokenize);
        server.start();
    }

    public String registration() {
        return Json.write(new WorkerRegistration(id, "127.0.0.1", server.getAddress().getPort(), Backend.CPU, model,
                "a".repeat(64), 128, slots, slots, numerics));
    }

    public String id() {
        return id;
    }

    /** As one that makes embeddings. */
    public String embeddingRegistration() {
        return Json.write(new WorkerRegistration(id, "127.0.0.1", server.getAddress().getPort(), Backend.CPU, model,
                "a".repeat(64), 128, slots, slots, numerics, List.of(Capabilities.EMBEDDING)));
    }

    /** Lets everybody who holds end. */
    public void release() {
        released.countDown();
    }

    /** How many answers were left by the other side before their end. */
    public int left() {
        return left.get();
    }

    /** What was asked, in order. */
    public List<String> prompts() {
        return prompts;
    }

    public List<String> correlationIds() {
        return correlationIds;
    }

    /** The cache scopes of what was asked, in order; empty for none. */
    public List<String> scopes() {
        return scopes;
    }

    /** The headers {@code traceparent} that came, in order. */
    public List<String> traces() {
        return traces;
    }

    private void execute(HttpExchange exchange) throws IOException {
        traces.add(exchange.getRequestHeaders().getFirst("traceparent"));
        correlationIds.add(exchange.getRequestHeaders().getFirst("X-Correlation-Id"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (Json.readTree(body).has("input")) {
            embed(exchange, EmbeddingRequest.read(body));
            return;
        }
        GenerationRequest request = GenerationRequest.read(body);
        String prompt = request.prompt().texts().getLast();
        prompts.add(prompt);
        scopes.add(Objects.requireNonNullElse(request.cacheScope(), ""));
        String[] words = prompt.split(" ");
        if (words[0].equals("busy") && refusals.incrementAndGet() <= Integer.parseInt(words[1])) {
            refuse(exchange);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            say(out, new TaskEvent.Started(request.jobId(), model, Instant.now(), new Seed(7), null, null));
            perform(exchange, out, request, words);
        } catch (IOException e) {
            left.incrementAndGet();
        }
    }

    private void embed(HttpExchange exchange, EmbeddingRequest request) throws IOException {
        if (request.input().contains("busy") && refusals.incrementAndGet() == 1) {
            refuse(exchange);
            return;
        }
        if (request.input().contains("hold")) {
            hang();
        }
        List<float[]> embeddings = IntStream.range(0, request.input().size())
                .mapToObj(i -> new float[] {request.input().get(i).length(), i}).toList();
        byte[] answer = Json.write(new EmbeddingAnswer(request.jobId(), model, embeddings, 2, 2L * request.input().size()))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    private void perform(HttpExchange exchange, OutputStream out, GenerationRequest request, String[] words)
            throws IOException {
        int from = request.resumed().size();
        switch (words[0]) {
            case "die" -> die(exchange, out, words.length > 1, from);
            case "lie" -> {
                token(out, from);
                token(out, from + 7);
                say(out, new TaskEvent.End(-1_000_000, null, 2_000_000_000, -1, StopReason.EOS, null));
            }
            case "fail" -> say(out, new TaskEvent.Failed(ErrorCode.INFERENCE_FAILED, "the script says so"));
            case "hold" -> {
                if (from == 0) {
                    token(out, 0);
                }
                hold(out);
                end(out, 1);
            }
            case "hang" -> {
                if (from == 0) {
                    token(out, 0);
                    hang();
                }
                token(out, 1);
                end(out, 2);
            }
            case "guess" -> {
                say(out, new TaskEvent.Token("maybe", 0, 100,
                        new Logprobs(-0.5, List.of(new Logprobs.Alternative(100, "maybe", -0.5)))));
                end(out, 1);
            }
            case "say" -> {
                int tokens = Integer.parseInt(words[1]);
                for (int i = from; i < tokens; i++) {
                    token(out, i);
                }
                end(out, tokens);
            }
            default -> end(out, 0);
        }
    }

    private static void die(HttpExchange exchange, OutputStream out, boolean late, int from) throws IOException {
        if (late && from > 0) {
            for (int i = from; i < 3; i++) {
                token(out, i);
            }
            end(out, 3);
            return;
        }
        if (late) {
            token(out, 0);
        }
        exchange.close();
    }

    private void hang() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** why: only a write notices that the other side has gone. */
    private void hold(OutputStream out) throws IOException {
        try {
            while (!released.await(20, TimeUnit.MILLISECONDS)) {
                out.write(": holding\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void token(OutputStream out, int index) throws IOException {
        say(out, new TaskEvent.Token("word" + index + " ", index, 100 + index));
    }

    private static void end(OutputStream out, int tokens) throws IOException {
        say(out, new TaskEvent.End(5, 0, tokens, 1, StopReason.EOS, null));
    }

    private static void say(OutputStream out, TaskEvent event) throws IOException {
        out.write(("event: " + event.type() + "\ndata: " + event.toJson() + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        byte[] body = Json.write(ErrorBody.of(new RbeesException(ErrorCode.ALL_SLOTS_BUSY, "all slots are in use"), "c"))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(503, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** One token for each word; no answer when one of them is {@code uncounted}. */
    private void tokenize(HttpExchange exchange) throws IOException {
        String prompt = Json.readTree(exchange.getRequestBody().readAllBytes()).path("prompt").asString("");
        byte[] body = prompt.contains("uncounted")
                ? "{}".getBytes(StandardCharsets.UTF_8)
                : Json.write(java.util.Map.of("tokens", List.of(prompt.split(" ")))).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        release();
        server.stop(0);
    }
}

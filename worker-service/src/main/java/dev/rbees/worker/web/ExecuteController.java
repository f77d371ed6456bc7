package dev.rbees.worker.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.service.SseFrame;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.embedding.EmbeddingJob;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.lifecycle.Service;
import dev.rbees.worker.lifecycle.WorkerState;

/** The work: {@code /execute}, {@code /cancel} and {@code /tokenize}. */
@RestController
final class ExecuteController {

    private final WorkerState state;

    ExecuteController(WorkerState state) {
        this.state = state;
    }

    /** Answers with a stream of events, or with embeddings; a client that goes away cancels it. */
    @PostMapping(path = "/execute", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> execute(@RequestBody byte[] body,
            @RequestHeader(name = "X-Deadline", required = false) @Nullable String deadline, ServerWebExchange exchange) {
        Service service = state.forNewWork();
        @Nullable
        Instant until = deadline == null ? null : parseDeadline(deadline);
        ServerHttpResponse response = exchange.getResponse();
        return switch (service) {
            case Service.Generation(Engine engine) -> generate(engine, body, until, response);
            case Service.Embedding(Embedder embedder) -> embed(embedder, body, until, response);
        };
    }

    private static Mono<Void> generate(Engine engine, byte[] body, @Nullable Instant until, ServerHttpResponse response) {
        GenerationRequest request = readFor(body, GenerationRequest::read, "input", List.of("prompt", "messages"),
                "the model of this worker generates text: send prompt or messages, not input");
        return StreamedAnswer.write(response, sink -> engine.start(request, until, sink));
    }

    private static Mono<Void> embed(Embedder embedder, byte[] body, @Nullable Instant until, ServerHttpResponse response) {
        EmbeddingRequest request = readFor(body, EmbeddingRequest::read, "prompt", List.of("input"),
                "the model of this worker makes embeddings: send input, not prompt or messages");
        return Mono.<EmbeddingAnswer>create(sink -> {
            try {
                EmbeddingJob job = embedder.start(request, until);
                sink.onCancel(job::cancel);
                sink.success(job.run());
            } catch (RuntimeException e) {
                sink.error(e);
            }
        }).subscribeOn(Schedulers.boundedElastic()).flatMap(answer -> {
            response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
            response.getHeaders().setCacheControl(CacheControl.noStore());
            return response.writeWith(Mono.just(SseFrame.buffer(Json.write(answer))));
        });
    }

    /**
     * Reads a request; one that is meant for the other kind of worker is told so instead of its single faults.
     *
     * @param foreign a field of the other kind's requests
     * @param own fields of which this kind's requests have one
     */
    private static <T> T readFor(byte[] body, Function<byte[], T> reader, String foreign, List<String> own, String message) {
        try {
            return reader.apply(body);
        } catch (RbeesException e) {
            if (e.details().isEmpty()) {
                throw e; // no JSON at all
            }
            RequestFields fields = RequestFields.of(body);
            boolean meantForOther = (fields.has(foreign) || (foreign.equals("prompt") && fields.has("messages")))
                    && own.stream().noneMatch(fields::has);
            throw meantForOther ? RbeesException.invalid(foreign, "capability", message) : e;
        }
    }

    /** RFC 3339, or milliseconds since 1970. */
    private static Instant parseDeadline(String text) {
        try {
            return text.matches("\\d{1,16}")
                    ? Instant.ofEpochMilli(Long.parseLong(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw RbeesException.invalid("X-Deadline", "rfc3339_or_epoch_ms",
                    "the header X-Deadline must be a time such as 2026-01-31T12:00:00.000Z, or milliseconds since 1970");
        }
    }

    /** Ends a job; one that is unknown or has ended is no error. */
    @PostMapping(path = "/cancel", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, String>> cancel(@RequestBody byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String jobId = fields.requiredText("job_id");
        fields.rejectUnknown();
        fields.finish();
        if (jobId == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        state.model().ifPresent(model -> model.workload().cancel(jobId));
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("job_id", jobId, "status", "cancelling"));
    }

    /** The tokens of a prompt or a conversation. */
    @PostMapping(path = "/tokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, List<Integer>>> tokenize(@RequestBody byte[] body) {
        Service service = state.forNewWork();
        RequestFields fields = RequestFields.of(body);
        Prompt prompt = Prompt.read(fields);
        fields.rejectUnknown();
        fields.finish();
        if (prompt == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return Mono.fromCallable(() -> Map.of("tokens", IntStream.of(encode(service, prompt)).boxed().toList()))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static int[] encode(Service service, Prompt prompt) {
        return switch (service) {
            case Service.Generation(Engine engine) -> engine.encode(prompt);
            case Service.Embedding(Embedder embedder) -> switch (prompt) {
                case Prompt.Raw(String text) -> embedder.encode(text);
                case Prompt.Chat _ -> throw RbeesException.invalid("messages", "capability",
                        "the model of this worker makes embeddings and takes no messages: send a prompt instead");
            };
        };
    }
}

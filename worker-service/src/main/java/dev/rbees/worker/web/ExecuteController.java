package dev.rbees.worker.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.lifecycle.WorkerState;

/** The work: {@code /execute}, {@code /cancel} and {@code /tokenize}. */
@RestController
final class ExecuteController {

    private final WorkerState state;

    ExecuteController(WorkerState state) {
        this.state = state;
    }

    /** Answers with a stream of events; a client that goes away cancels it. */
    @PostMapping(path = "/execute", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Flux<DataBuffer>>> execute(@RequestBody byte[] body,
            @RequestHeader(name = "X-Deadline", required = false) @Nullable String deadline) {
        Engine engine = state.forNewWork();
        GenerationRequest request = GenerationRequest.read(body);
        @Nullable
        Instant until = deadline == null ? null : parseDeadline(deadline);
        return offEventLoop(() -> {
            AnswerStream stream = new AnswerStream();
            Runnable cancel = engine.start(request, until, stream);
            return new Opened(stream, cancel);
        }).map(opened -> ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).cacheControl(CacheControl.noStore())
                .header("X-Accel-Buffering", "no").body(opened.frames()));
    }

    /** A stream that has begun, and the way to cancel what fills it. */
    private record Opened(AnswerStream stream, Runnable cancel) {
        Flux<DataBuffer> frames() {
            return stream.frames().doOnCancel(cancel);
        }
    }

    /**
     * Tokenising a long prompt takes a while, and an event loop must not wait for it. A client that leaves meanwhile
     * cancels what it would have got.
     */
    private static Mono<Opened> offEventLoop(Callable<Opened> opening) {
        return Mono.<Opened>create(sink -> {
            try {
                Opened opened = opening.call();
                sink.onCancel(opened.cancel()::run);
                sink.success(opened);
            } catch (Exception e) {
                sink.error(e);
            }
        }).subscribeOn(Schedulers.boundedElastic());
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
        state.model().ifPresent(model -> model.engine().cancel(jobId));
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("job_id", jobId, "status", "cancelling"));
    }

    /** The tokens of a prompt or a conversation. */
    @PostMapping(path = "/tokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, List<Integer>>> tokenize(@RequestBody byte[] body) {
        Engine engine = state.forNewWork();
        RequestFields fields = RequestFields.of(body);
        Prompt prompt = Prompt.read(fields);
        fields.rejectUnknown();
        fields.finish();
        if (prompt == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return Mono.fromCallable(() -> Map.of("tokens", IntStream.of(engine.encode(prompt)).boxed().toList()))
                .subscribeOn(Schedulers.boundedElastic());
    }
}

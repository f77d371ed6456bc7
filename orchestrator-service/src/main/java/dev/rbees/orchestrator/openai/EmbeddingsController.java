package dev.rbees.orchestrator.openai;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

import dev.rbees.api.json.RequestFields;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.orchestrator.embedding.Embeddings;
import dev.rbees.service.Caller;
import dev.rbees.service.CorrelationFilter;

/** OpenAI's embeddings. A client that leaves leaves the worker too. */
@RestController
final class EmbeddingsController {

    private static final String FLOAT = "float";
    private static final String BASE64 = "base64";

    private final Embeddings embeddings;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    EmbeddingsController(Embeddings embeddings) {
        this.embeddings = embeddings;
    }

    /** @param embedding numbers, or the bytes of numbers of four bytes each, the least significant first, in Base64 */
    record Entry(String object, int index, Object embedding) {}

    record Usage(long promptTokens, long totalTokens) {}

    record Reply(String object, List<Entry> data, String model, Usage usage) {}

    private record Wanted(String model, EmbeddingRequest request, boolean packed) {}

    @PostMapping(path = "/v1/embeddings", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Reply> embed(@RequestBody byte[] body, ServerWebExchange exchange) {
        Wanted wanted = read(body);
        return Mono.<EmbeddingAnswer>create(sink -> {
            Future<?> running = threads.submit(() -> answer(wanted, exchange, sink));
            sink.onCancel(() -> running.cancel(true));
        }).map(answer -> reply(answer, wanted));
    }

    private void answer(Wanted wanted, ServerWebExchange exchange, MonoSink<EmbeddingAnswer> sink) {
        try {
            sink.success(embeddings.embed(Caller.of(exchange).tenant(), wanted.model(), wanted.request(),
                    CorrelationFilter.idOf(exchange)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            sink.error(e);
        }
    }

    private static Wanted read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String model = fields.requiredText("model");
        List<String> input = EmbeddingRequest.readInput(fields);
        String format = fields.text("encoding_format");
        if (format != null && !format.equals(FLOAT) && !format.equals(BASE64)) {
            fields.reject("encoding_format", "one_of", "encoding_format must be float or base64");
        }
        if (fields.has("dimensions")) {
            fields.reject("dimensions", "unsupported",
                    "dimensions is not supported by this version of rbees; leave it out, and get as many as the model has");
        }
        fields.accept("user");
        fields.rejectUnknown();
        fields.finish();
        if (model == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new Wanted(model, new EmbeddingRequest(UUID.randomUUID().toString(), input, false), BASE64.equals(format));
    }

    private static Reply reply(EmbeddingAnswer answer, Wanted wanted) {
        List<Entry> data = IntStream.range(0, answer.embeddings().size())
                .mapToObj(i -> new Entry("embedding", i,
                        wanted.packed() ? packed(answer.embeddings().get(i)) : answer.embeddings().get(i)))
                .toList();
        return new Reply("list", data, wanted.model(), new Usage(answer.tokensIn(), answer.tokensIn()));
    }

    private static String packed(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}

package dev.rbees.worker.testing;

import java.nio.file.Path;
import java.time.InstantSource;

import io.micrometer.core.instrument.MeterRegistry;

import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.onnx.EmbeddingModel;
import dev.rbees.worker.onnx.EmbeddingSession;

/** An embedder over a {@link TinyBert}: real but for its tokenizer, only small. */
public final class TinyEmbedder {

    private TinyEmbedder() {}

    public static Embedder open(Path folder, int slots, InstantSource clock, MeterRegistry registry) {
        EmbeddingModel model = EmbeddingModel.open(new TinyBert(true, false).write(folder, 4));
        return new Embedder("tiny-bert", model, EmbeddingSession.open(model, 1), new WordTokenizer(), slots, clock,
                new GenerationMetrics(registry));
    }
}

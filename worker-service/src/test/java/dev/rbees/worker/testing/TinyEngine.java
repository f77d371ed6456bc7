package dev.rbees.worker.testing;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import io.micrometer.core.instrument.MeterRegistry;

import dev.rbees.home.RbeesHome;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.GenerationMetrics;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.model.TensorEncoding;
import dev.rbees.worker.onnx.DecoderSession;
import dev.rbees.worker.onnx.Device;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.tokenizer.TokenizerData;

/** An engine over a {@link TinyModel}: real in every part, only small. */
public final class TinyEngine {

    private TinyEngine() {}

    public static Engine open(Path folder, int slots, Clock clock, MeterRegistry registry) throws java.io.IOException {
        return open(folder, slots, clock, registry, Device.cpu());
    }

    public static Engine open(Path folder, int slots, Clock clock, MeterRegistry registry, Device device)
            throws java.io.IOException {
        Path file = TinyModel.of(TensorEncoding.Q8_0).write(folder.resolve("tiny.gguf"), 21);
        ImportedModel imported = new ModelImporter(new RbeesHome(folder), ImportOptions.DEFAULT).open(file, (_, _) -> {
        });
        ImportedModel.Description description = imported.description();
        String template = description.chatTemplate();
        LoadedModel model = new LoadedModel("tiny", TokenizerData.load(imported.tokenizer()).create(),
                template == null ? null : ChatTemplate.parse(template, null, null, clock), null, null,
                Set.copyOf(description.endIds()));
        DecoderSession session = DecoderSession.open(imported, slots, TinyModel.CONTEXT, 1, device);
        return new Engine(session, model, slots, 1, clock, new SplittableRandom(1), new GenerationMetrics(registry),
                new Liveness(_ -> {
                }));
    }

    /** The ids that end an answer of this model. */
    public static List<Integer> ends() {
        return List.of(0, TinyModel.END);
    }
}

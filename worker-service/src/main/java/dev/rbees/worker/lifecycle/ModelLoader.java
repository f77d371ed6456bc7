package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.lifecycle.WorkerSettings.Weights;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.SafetensorsFolder;
import dev.rbees.worker.model.TransformersConfig;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.onnx.DecoderSession;
import dev.rbees.worker.onnx.Device;
import dev.rbees.worker.onnx.ExportedModel;
import dev.rbees.worker.onnx.NumericsFingerprint;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.template.TemplateException;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

/** Makes an engine of a model's file: import (once), tokenizer, template, session, a first run. */
public final class ModelLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

    private final WorkerSettings settings;
    private final Clock clock;
    private final RandomGenerator random;

    public ModelLoader(WorkerSettings settings, Clock clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /**
     * @throws RbeesException MODEL_LOAD_FAILED, also when the device of the backend is not there; or INSUFFICIENT_VRAM when
     *         the KV cache does not fit
     */
    public WarmModel load(LoadProgress progress) {
        return isExported() ? loadExported(progress) : loadImported(progress);
    }

    /** Whether an ONNX graph is to be run as it is; safetensors of a model that can be imported come first. */
    private boolean isExported() {
        Path model = settings.model();
        return settings.weights().map(weights -> weights == Weights.ONNX)
                .orElseGet(() -> ExportedModel.isAt(model) && !(Files.isDirectory(model) && SafetensorsFolder.isOne(model)
                        && TransformersConfig.isSupported(model)));
    }

    private WarmModel loadExported(LoadProgress progress) {
        if (!settings.importOptions().equals(ImportOptions.DEFAULT)) {
            throw ModelFault.of("--quantize and --compact have no meaning for an ONNX graph, which runs as it is; leave them"
                    + " out, or take the model's safetensors or GGUF file");
        }
        if (settings.backend() != Backend.CPU) {
            throw ModelFault.of("a folder with an ONNX graph of its own runs with --backend cpu"
                    + " only; take the model's safetensors or GGUF file for --backend "
                    + settings.backend().wireName());
        }
        return new ExportedLoader(settings, clock, random).load(progress);
    }

    private WarmModel loadImported(LoadProgress progress) {
        // why: what is missing is said before a long import, not after it
        Device device = Device.find(settings.backend(), settings.gpuDevice(), settings.home().backends());
        ImportedModel imported = new ModelImporter(settings.home().open(), settings.importOptions(), settings.modelDigest())
                .open(settings.model(), progress);
        ImportedModel.Description description = imported.description();
        int trainedFor = imported.contextLength();
        int positions = settings.contextLength().orElse(trainedFor);
        if (positions > trainedFor) {
            throw ModelFault.of("--context-length " + positions
                    + " is more than the model was made for (" + trainedFor + ")");
        }
        progress.report(Phase.LOAD, 0);
        // why: reading a vocabulary takes one core, and loading the weights does not need it
        CompletableFuture<LoadedModel> texts = CompletableFuture
                .supplyAsync(() -> loadedModel(settings.modelId(), tokenizer(imported), description.chatTemplate(),
                        description.bosToken(), description.eosToken(), Set.copyOf(description.endIds()), clock));
        long weightsBytes = DecoderSession.weightsBytes(imported, positions, device);
        int slots = MemoryPlan.slots(weightsBytes, device.slotBytes(description.shape(), positions),
                description.shape().vocabulary(), settings.slots(), device.freeBytes().orElseGet(MachineMemory::available));
        Decoder session = DecoderSession.open(imported, slots, positions, settings.threads(), device);
        LoadedModel model = await(texts, session);
        progress.report(Phase.WARM_UP, 0);
        String fingerprint = NumericsFingerprint.of(session, model.tokenizer().vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        return (metrics, liveness) -> new WorkerState.Loaded(
                new Engine(session, model, slots, weightsBytes, clock, random, metrics, liveness),
                description.sourceDigest(), description.encoding(), fingerprint);
    }

    private static LoadedModel await(CompletableFuture<LoadedModel> texts, Decoder session) {
        try {
            return texts.join();
        } catch (CompletionException e) {
            session.close();
            throw e.getCause() instanceof RbeesException known ? known : e;
        }
    }

    private static Tokenizer tokenizer(ImportedModel imported) {
        try {
            return TokenizerData.load(imported.tokenizer()).create();
        } catch (IOException | IllegalArgumentException e) {
            throw ModelFault.of("the imported tokenizer cannot be read; remove the folder "
                    + imported.folder().getFileName() + " below RBEES_HOME/cache and try again", e);
        }
    }

    /**
     * A model with its tokenizer, and its template as far as it can be used.
     *
     * <p>
     * why: without its template a model still completes raw prompts, so that is no reason to fail.
     *
     * @param template for conversations, null for none
     */
    static LoadedModel loadedModel(String id, Tokenizer tokenizer, @Nullable String template, @Nullable String bosToken,
            @Nullable String eosToken, Set<Integer> endIds, Clock clock) {
        ChatTemplate parsed = null;
        String problem = "it has no chat template";
        if (template != null) {
            try {
                parsed = ChatTemplate.parse(template, bosToken, eosToken, clock);
            } catch (TemplateException e) {
                problem = "its chat template is not supported (" + e.getMessage() + ")";
                LOG.warn("{} takes no messages: {}", id, problem);
            }
        }
        // why: an import lies on a disk that may have damaged it
        Optional<Integer> outside = endIds.stream().filter(end -> end < 0 || end >= tokenizer.vocabularySize()).findFirst();
        if (outside.isPresent()) {
            throw ModelFault.of("the end token " + outside.get() + " is not in the model's vocabulary of "
                    + tokenizer.vocabularySize()
                    + " tokens; remove the model's folder below RBEES_HOME/cache and try again");
        }
        return new LoadedModel(id, tokenizer, parsed, parsed == null ? problem : null, bosToken, endIds);
    }
}

package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.hardware.MachineMemory;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.graph.ModelImporter;
import dev.rbees.worker.graph.ModelOutline;
import dev.rbees.worker.lifecycle.MemoryPlan.Demand;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.onnx.DecoderSession;
import dev.rbees.worker.onnx.Device;
import dev.rbees.worker.onnx.NumericsFingerprint;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;

/** Makes an engine of a GGUF file or a folder of safetensors: import (once), tokenizer, template, session, a first run. */
final class ImportedLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ImportedLoader.class);

    private final WorkerSettings settings;
    private final Clock clock;
    private final RandomGenerator random;

    ImportedLoader(WorkerSettings settings, Clock clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED, or INSUFFICIENT_VRAM when it does not fit into memory */
    PreparedModel prepare() {
        Device device = Device.find(settings.backend(), settings.gpuDevice(), settings.home().backends());
        ModelOutline outline = ModelOutline.of(settings.model(), settings.importOptions());
        settings.requireContext(outline.shape().contextLength());
        MemoryPlan plan = MemoryPlan.of(
                Demand.ofDecoder(DecoderSession.weightsBytes(outline, device), device.bytesPerPosition(outline.shape()),
                        outline.shape().vocabulary(), outline.shape().contextLength())
                        .with(device.workingBytes(outline.shape())),
                settings.slots(), settings.contextLength(),
                MemoryBudget.of(device.freeBytes().orElseGet(MachineMemory::available), settings.memoryBytes()));
        LOG.info("memory_plan: {}", plan.summary());
        return progress -> load(device, plan, progress);
    }

    private WarmModel load(Device device, MemoryPlan plan, LoadProgress progress) {
        ImportedModel imported = new ModelImporter(settings.home().open(), settings.importOptions(), settings.modelDigest())
                .open(settings.model(), progress);
        ImportedModel.Description description = imported.description();
        progress.report(Phase.LOAD, 0);
        // why: reading a vocabulary takes one core, and loading the weights does not need it
        CompletableFuture<LoadedModel> texts = CompletableFuture
                .supplyAsync(() -> LoadedTexts.of(settings.modelId(), tokenizer(imported), description.chatTemplate(),
                        description.bosToken(), description.eosToken(), Set.copyOf(description.endIds()), clock));
        Decoder session = DecoderSession.open(imported, plan.slots(), plan.positions(), settings.threads(), device);
        LoadedModel model = await(texts, session);
        progress.report(Phase.WARM_UP, 0);
        session.warmUp();
        Optional<String> fingerprint = NumericsFingerprint.of(session, model.tokenizer().vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        List<String> warnings = LoadedTexts.warnings(model, description.chatTemplate(), description.warnings());
        long weightsBytes = DecoderSession.weightsBytes(imported, plan.positions(), device);
        return (metrics, liveness) -> new WorkerState.Loaded(
                new Engine(session, model, plan.slots(), weightsBytes, clock, random, metrics, liveness),
                description.sourceDigest(), description.encoding(), fingerprint.orElse(null), warnings);
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
}

package dev.rbees.worker.lifecycle;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.hardware.MachineMemory;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.lifecycle.MemoryPlan.Demand;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.onnx.EmbeddingModel;
import dev.rbees.worker.onnx.EmbeddingSession;
import dev.rbees.worker.onnx.ExportedDecoder;
import dev.rbees.worker.onnx.ExportedModel;
import dev.rbees.worker.onnx.NumericsFingerprint;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerCheck;
import dev.rbees.worker.tokenizer.TokenizerData;
import dev.rbees.worker.tokenizer.TokenizerFolder;

/** Makes an engine, or an embedder, of a folder with an ONNX graph. */
final class ExportedLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ExportedLoader.class);
    private static final String ENCODING = "onnx";
    /** A text of an embedder needs little beside the weights; counted generously, per token. */
    private static final long EMBEDDING_BYTES_PER_TOKEN = 64 * 1024;

    private final WorkerSettings settings;
    private final Clock clock;
    private final RandomGenerator random;

    ExportedLoader(WorkerSettings settings, Clock clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED, or INSUFFICIENT_VRAM when it does not fit into memory */
    PreparedModel prepare() {
        return EmbeddingModel.isAt(settings.model()) ? prepareEmbedder() : prepareDecoder();
    }

    private PreparedModel prepareDecoder() {
        ExportedModel model = ExportedModel.open(settings.model());
        settings.requireContext(model.contextLength());
        MemoryPlan plan = plan(Demand.ofDecoder(model.bytes(), model.kvBytesPerPosition(), model.vocabulary(),
                model.contextLength()), settings.contextLength());
        return progress -> loadDecoder(model, plan, progress);
    }

    private MemoryPlan plan(Demand demand, Optional<Integer> positions) {
        MemoryPlan plan = MemoryPlan.of(demand, settings.slots(), positions,
                MemoryBudget.of(MachineMemory.available(), settings.memoryBytes()));
        LOG.info("memory_plan: {}", plan.summary());
        return plan;
    }

    private WarmModel loadDecoder(ExportedModel model, MemoryPlan plan, LoadProgress progress) {
        String digest = model.digest(progress);
        progress.report(Phase.LOAD, 0);
        TokenizerFolder texts = TokenizerFolder.read(model.folder(), model.vocabulary());
        Tokenizer tokenizer = texts.data().create();
        if (tokenizer.vocabularySize() > model.vocabulary()) {
            throw ModelFault.of("tokenizer.json has " + tokenizer.vocabularySize()
                    + " tokens, and " + model.description() + " says " + model.vocabulary()
                    + "; do they belong to one model?");
        }
        LoadedModel loaded = LoadedTexts.of(settings.modelId(), tokenizer, texts.chatTemplate(), texts.bosToken(),
                texts.eosToken(), Set.copyOf(texts.endIds()), clock);
        List<String> warnings = LoadedTexts.warnings(loaded, texts.chatTemplate(), TokenizerCheck.ofFolder(texts.data()));
        ExportedDecoder decoder = ExportedDecoder.open(model, plan.slots(), plan.positions(), settings.threads());
        progress.report(Phase.WARM_UP, 0);
        Optional<String> fingerprint = NumericsFingerprint.of(decoder, tokenizer.vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        return (metrics, liveness) -> new WorkerState.Loaded(
                new Engine(decoder, loaded, plan.slots(), model.bytes(), clock, random, metrics, liveness), digest,
                ENCODING, fingerprint.orElse(null), warnings);
    }

    private PreparedModel prepareEmbedder() {
        EmbeddingModel model = EmbeddingModel.open(settings.model());
        if (settings.contextLength().isPresent()) {
            throw ModelFault.of("--context-length has no meaning for an embedding model,"
                    + " which holds nothing between texts; leave it out");
        }
        MemoryPlan plan = plan(new Demand(model.bytes(), model.maxTokens() * EMBEDDING_BYTES_PER_TOKEN, 0,
                model.maxTokens()), Optional.of(model.maxTokens()));
        return progress -> loadEmbedder(model, plan.slots(), progress);
    }

    private WarmModel loadEmbedder(EmbeddingModel model, int slots, LoadProgress progress) {
        String digest = model.digest(progress);
        progress.report(Phase.LOAD, 0);
        TokenizerData texts = TokenizerData.ofFolder(model.folder());
        Tokenizer tokenizer = texts.create();
        List<String> warnings = TokenizerCheck.ofFolder(texts);
        EmbeddingSession session = EmbeddingSession.open(model, settings.threads());
        progress.report(Phase.WARM_UP, 0);
        String fingerprint = session.fingerprint(tokenizer.vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        return (metrics, _) -> new WorkerState.Loaded(
                new Service.Embedding(new Embedder(settings.modelId(), model, session, tokenizer, slots, clock, metrics)),
                digest, ENCODING, fingerprint, warnings);
    }
}

package dev.rbees.worker.lifecycle;

import java.time.Clock;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.generation.LoadedModel;
import dev.rbees.worker.graph.LoadProgress;
import dev.rbees.worker.graph.LoadProgress.Phase;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.onnx.EmbeddingModel;
import dev.rbees.worker.onnx.EmbeddingSession;
import dev.rbees.worker.onnx.ExportedDecoder;
import dev.rbees.worker.onnx.ExportedModel;
import dev.rbees.worker.onnx.NumericsFingerprint;
import dev.rbees.worker.tokenizer.Tokenizer;
import dev.rbees.worker.tokenizer.TokenizerData;
import dev.rbees.worker.tokenizer.TokenizerFolder;

/** Makes an engine, or an embedder, of a folder with an ONNX graph. */
final class ExportedLoader {

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
    WarmModel load(LoadProgress progress) {
        return EmbeddingModel.isAt(settings.model()) ? loadEmbedder(progress) : loadDecoder(progress);
    }

    private WarmModel loadDecoder(LoadProgress progress) {
        ExportedModel model = ExportedModel.open(settings.model(), progress);
        int positions = settings.contextLength().orElse(model.contextLength());
        if (positions > model.contextLength()) {
            throw ModelFault.of("--context-length " + positions
                    + " is more than the model was made for (" + model.contextLength() + ")");
        }
        progress.report(Phase.LOAD, 0);
        TokenizerFolder texts = TokenizerFolder.read(model.folder(), model.vocabulary());
        Tokenizer tokenizer = texts.data().create();
        if (tokenizer.vocabularySize() > model.vocabulary()) {
            throw ModelFault.of("tokenizer.json has " + tokenizer.vocabularySize()
                    + " tokens, and config.json says " + model.vocabulary() + "; do they belong to one model?");
        }
        LoadedModel loaded = ModelLoader.loadedModel(settings.modelId(), tokenizer, texts.chatTemplate(), texts.bosToken(),
                texts.eosToken(), Set.copyOf(texts.endIds()), clock);
        int slots = MemoryPlan.slots(model.bytes(), positions * model.kvBytesPerPosition(), model.vocabulary(),
                settings.slots(),
                MachineMemory.available());
        ExportedDecoder decoder = ExportedDecoder.open(model, slots, positions, settings.threads());
        progress.report(Phase.WARM_UP, 0);
        String fingerprint = NumericsFingerprint.of(decoder, tokenizer.vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        return (metrics, liveness) -> new WorkerState.Loaded(
                new Engine(decoder, loaded, slots, model.bytes(), clock, random, metrics, liveness), model.digest(),
                ENCODING,
                fingerprint);
    }

    private WarmModel loadEmbedder(LoadProgress progress) {
        EmbeddingModel model = EmbeddingModel.open(settings.model(), progress);
        if (settings.contextLength().isPresent()) {
            throw ModelFault.of("--context-length has no meaning for an embedding model,"
                    + " which holds nothing between texts; leave it out");
        }
        progress.report(Phase.LOAD, 0);
        Tokenizer tokenizer = TokenizerData.ofFolder(model.folder()).create();
        int slots = MemoryPlan.slots(model.bytes(), model.maxTokens() * EMBEDDING_BYTES_PER_TOKEN, 0,
                settings.slots(),
                MachineMemory.available());
        EmbeddingSession session = EmbeddingSession.open(model, settings.threads());
        progress.report(Phase.WARM_UP, 0);
        String fingerprint = session.fingerprint(tokenizer.vocabularySize());
        progress.report(Phase.WARM_UP, 1);
        return (metrics, _) -> new WorkerState.Loaded(
                new Service.Embedding(new Embedder(settings.modelId(), model, session, tokenizer, slots, clock, metrics)),
                model.digest(), ENCODING, fingerprint);
    }
}

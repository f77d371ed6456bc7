package dev.rbees.worker.lifecycle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.random.RandomGenerator;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ImportOptions;
import dev.rbees.worker.lifecycle.WorkerSettings.Weights;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.SafetensorsFolder;
import dev.rbees.worker.model.TransformersConfig;
import dev.rbees.worker.onnx.ExportedModel;

/** Finds out what a model is and how it is loaded. */
public final class ModelLoader {

    private final WorkerSettings settings;
    private final Clock clock;
    private final RandomGenerator random;

    public ModelLoader(WorkerSettings settings, Clock clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Looks at the model, the device and the memory, and refuses what cannot be; nothing is imported or loaded yet.
     *
     * @throws RbeesException MODEL_LOAD_FAILED, also when the device of the backend is not there; or INSUFFICIENT_VRAM when
     *         weights and KV cache do not fit
     */
    public PreparedModel prepare() {
        if (!isExported()) {
            return new ImportedLoader(settings, clock, random).prepare();
        }
        if (!settings.importOptions().equals(ImportOptions.DEFAULT)) {
            throw ModelFault.of("--quantize and --compact have no meaning for an ONNX graph, which runs as it is; leave them"
                    + " out, or take the model's safetensors or GGUF file");
        }
        if (settings.backend() != Backend.CPU) {
            throw ModelFault.of("a folder with an ONNX graph of its own runs with --backend cpu"
                    + " only; take the model's safetensors or GGUF file for --backend "
                    + settings.backend().wireName());
        }
        return new ExportedLoader(settings, clock, random).prepare();
    }

    /** Whether an ONNX graph is to be run as it is; safetensors of a model that can be imported come first. */
    private boolean isExported() {
        Path model = settings.model();
        return settings.weights().map(weights -> weights == Weights.ONNX)
                .orElseGet(() -> ExportedModel.isAt(model) && !(Files.isDirectory(model) && SafetensorsFolder.isOne(model)
                        && TransformersConfig.isSupported(model)));
    }
}

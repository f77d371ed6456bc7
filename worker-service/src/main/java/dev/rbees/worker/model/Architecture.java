package dev.rbees.worker.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.rbees.api.error.RbeesException;

/**
 * The families of decoders that rbees runs, and in what they differ from the first of them.
 *
 * <p>
 * Source: the papers and configuration files that their makers published.
 */
@SuppressWarnings("ImmutableEnumChecker") // why: unmodifiable lists of strings do not change
public enum Architecture {
    /** Llama 1 to 3, SmolLM, TinyLlama. GGUF has Mistral under this name as well, and stores rotated pairs side by side. */
    LLAMA(List.of("llama"), List.of("llama")),
    /** As Llama, perhaps with a window of attention. */
    MISTRAL(List.of(), List.of("mistral")),
    /** Queries, keys and values have biases. */
    QWEN2(List.of("qwen2"), List.of("qwen2")),
    /** The queries and keys of each head are normed. */
    QWEN3(List.of("qwen3"), List.of("qwen3"), Trait.HEAD_NORMS),
    /** Queries, keys and values are one matrix, gate and up another. */
    PHI3(List.of("phi3"), List.of("phi3"), Trait.FUSED_MATRICES),
    GEMMA(List.of("gemma"), List.of("gemma"), Trait.GELU, Trait.SCALED_EMBEDDING, Trait.NORMS_FROM_ONE),
    /** Norms after attention and feed-forward, soft caps, a window in every other layer. */
    GEMMA2(List.of("gemma2"), List.of("gemma2"), Trait.GELU, Trait.SCALED_EMBEDDING, Trait.NORMS_FROM_ONE,
            Trait.POST_NORMS),
    /** As Gemma 2 without soft caps; a window in five of six layers, which have a rotary base of their own. */
    GEMMA3(List.of("gemma3"), List.of("gemma3_text"), Trait.GELU, Trait.SCALED_EMBEDDING, Trait.NORMS_FROM_ONE,
            Trait.POST_NORMS, Trait.HEAD_NORMS);

    /** In what architectures differ. */
    public enum Trait {
        /** The queries and keys of each head are normed before they are rotated. */
        HEAD_NORMS,
        /** What attention and feed-forward give is normed before it is added. */
        POST_NORMS,
        /** One matrix for queries, keys and values, and one for gate and up. */
        FUSED_MATRICES,
        /** GELU in its tanh form instead of SiLU. */
        GELU,
        /** Embeddings are multiplied with the square root of the width. */
        SCALED_EMBEDDING,
        /** A norm's weights are stored less 1; in GGUF they are whole. */
        NORMS_FROM_ONE
    }

    private final List<String> ggufNames;
    private final List<String> modelTypes;
    private final List<Trait> traits;

    Architecture(List<String> ggufNames, List<String> modelTypes, Trait... traits) {
        this.ggufNames = ggufNames;
        this.modelTypes = modelTypes;
        this.traits = List.of(traits);
    }

    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /**
     * The architecture of that name in a GGUF file.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when rbees cannot run it
     */
    static Architecture ofGguf(String name) {
        return Arrays.stream(values()).filter(a -> a.ggufNames.contains(name)).findFirst()
                .orElseThrow(() -> unsupported("its architecture is '" + name + "'"));
    }

    /** The architecture of that {@code model_type} in a {@code config.json}. */
    static Optional<Architecture> ofModelType(String type) {
        return Arrays.stream(values()).filter(a -> a.modelTypes.contains(type)).findFirst();
    }

    static RbeesException unsupported(String why) {
        String names = Arrays.stream(values()).flatMap(a -> a.modelTypes.stream()).collect(Collectors.joining(", "));
        return ModelFault.of("this version of rbees cannot run the model: " + why + "; supported are " + names);
    }
}

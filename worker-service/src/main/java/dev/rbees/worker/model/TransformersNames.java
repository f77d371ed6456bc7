package dev.rbees.worker.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.rbees.worker.model.Architecture.Trait;

/** What transformers and GGUF call the same tensor. */
final class TransformersNames {

    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d{1,4})\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of("model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight", "lm_head.weight", "output.weight");

    private static final Map<String, String> IN_LAYERS = Map.ofEntries(Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"), Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"), Map.entry("self_attn.qkv_proj", "attn_qkv"),
            Map.entry("self_attn.o_proj", "attn_output"), Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"), Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"), Map.entry("mlp.gate_up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"), Map.entry("post_attention_layernorm", "ffn_norm"));

    /** Of architectures that norm before and after. */
    private static final Map<String, String> WITH_POST_NORMS = withPostNorms();

    private TransformersNames() {}

    private static Map<String, String> withPostNorms() {
        Map<String, String> names = new HashMap<>(IN_LAYERS);
        names.put("post_attention_layernorm", "post_attention_norm");
        names.put("pre_feedforward_layernorm", "ffn_norm");
        names.put("post_feedforward_layernorm", "post_ffw_norm");
        return Map.copyOf(names);
    }

    /** Empty for a tensor that a decoder does not use. */
    static Optional<String> toGguf(Architecture architecture, String name) {
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            return Optional.ofNullable(OUTSIDE.get(name));
        }
        Map<String, String> names = architecture.has(Trait.POST_NORMS) ? WITH_POST_NORMS : IN_LAYERS;
        return Optional.ofNullable(names.get(layer.group(2)))
                .map(translated -> "blk." + Integer.parseInt(layer.group(1)) + "." + translated + "." + layer.group(3));
    }
}

"""Writes a tiny model of transformers as GGUF, with the names, orders and keys that llama.cpp expects of each architecture.

Source: the GGUF specification of the ggml project and the constants of its Python package.
"""

import json
import math

import gguf
import numpy as np

ARCHITECTURES = {"Llama": "llama", "Mistral": "llama", "Qwen2": "qwen2", "Qwen3": "qwen3", "Phi3": "phi3", "Gemma": "gemma",
                 "Gemma2": "gemma2", "Gemma3Text": "gemma3"}
OUTSIDE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
LAYER = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
         "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.gate_up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down", "post_attention_layernorm": "ffn_norm"}
POST_NORMS = {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
              "post_feedforward_layernorm": "post_ffw_norm"}


def translated(name, post_norms):
    stem, kind = name.rsplit(".", 1)
    if stem in OUTSIDE:
        return f"{OUTSIDE[stem]}.{kind}"
    _, _, layer, rest = stem.split(".", 3)
    return f"blk.{layer}.{({**LAYER, **POST_NORMS} if post_norms else LAYER)[rest]}.{kind}"


def pairs_side_by_side(values, heads):
    """llama.cpp rotates neighbours in this architecture, transformers the halves of a head."""
    return values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)


def llama3_factors(parameters, dimensions):
    frequencies = parameters["rope_theta"] ** -(np.arange(0, dimensions, 2) / dimensions)
    lengths = 2 * math.pi / frequencies
    original, factor = parameters["original_max_position_embeddings"], parameters["factor"]
    low, high = parameters["low_freq_factor"], parameters["high_freq_factor"]
    smooth = (original / lengths - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(lengths < original / high, 1.0, np.where(lengths > original / low, factor, between)).astype(np.float32)


def write_rope(writer, name, config, head_dim):
    parameters = config.rope_parameters
    local, parameters = parameters.get("sliding_attention"), parameters.get("full_attention", parameters)
    dimensions = int(head_dim * parameters.get("partial_rotary_factor", 1.0))
    writer.add_rope_freq_base(parameters["rope_theta"])
    if name in ("llama", "phi3"):
        writer.add_rope_dimension_count(dimensions)
    if local:
        writer.add_float32(f"{name}.rope.freq_base_swa", local["rope_theta"])
    match parameters["rope_type"]:
        case "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(parameters["factor"])
        case "yarn":
            writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
            writer.add_rope_scaling_factor(parameters["factor"])
            writer.add_rope_scaling_orig_ctx_len(parameters["original_max_position_embeddings"])
        case "llama3":
            writer.add_tensor("rope_freqs.weight", llama3_factors(parameters, dimensions))
        case "longrope":
            original = config.original_max_position_embeddings
            writer.add_rope_scaling_orig_ctx_len(original)
            scale = config.max_position_embeddings / original
            writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0)
            writer.add_tensor("rope_factors_long.weight", np.array(parameters["long_factor"], np.float32))
            writer.add_tensor("rope_factors_short.weight", np.array(parameters["short_factor"], np.float32))


def write_shape(writer, name, config, head_dim):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    if getattr(config, "sliding_window", None) and name in ("phi3", "gemma2", "gemma3"):
        writer.add_sliding_window(config.sliding_window)
    if name == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)


def write_tokenizer(writer, folder, vocabulary):
    model = json.loads((folder / "tokenizer.json").read_text())
    ids = {**model["model"]["vocab"], **{token["content"]: token["id"] for token in model["added_tokens"]}}
    special = {token["id"] for token in model["added_tokens"]}
    tokens = [text for text, _ in sorted(ids.items(), key=lambda entry: entry[1])]
    tokens += [f"[PAD{i}]" for i in range(len(tokens), vocabulary)]
    kinds = [gguf.TokenType.CONTROL if i in special else gguf.TokenType.NORMAL if i < len(ids) else gguf.TokenType.UNUSED
             for i in range(vocabulary)]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)


def write_tensors(writer, name, config, state, encoding):
    post_norms = name in ("gemma2", "gemma3")
    for key, values in state.items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        data = values.numpy().astype(np.float32)
        if name == "llama" and ".q_proj." in key:
            data = pairs_side_by_side(data, config.num_attention_heads)
        if name == "llama" and ".k_proj." in key:
            data = pairs_side_by_side(data, config.num_key_value_heads)
        if name.startswith("gemma") and key.endswith("norm.weight"):
            data = data + 1
        if data.ndim == 2 and encoding != gguf.GGMLQuantizationType.F32:
            writer.add_tensor(translated(key, post_norms), gguf.quants.quantize(data, encoding), raw_dtype=encoding)
        else:
            writer.add_tensor(translated(key, post_norms), data)


def write(case, model, tokenizer_folder, file, encoding):
    config = model.config
    name = ARCHITECTURES[case.kind]
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer = gguf.GGUFWriter(str(file), name)
    # why: llama.cpp looks for names of real models here, and then for their tokens
    writer.add_name("tiny")
    write_shape(writer, name, config, head_dim)
    write_rope(writer, name, config, head_dim)
    write_tokenizer(writer, tokenizer_folder, config.vocab_size)
    write_tensors(writer, name, config, model.state_dict(), encoding)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

"""The mistakes that a comparison must be able to see: what transformers computes when a model is made wrong in one respect.

An error limit is worth something only when every one of them lies far above it.
"""

import torch

import tiny_models
from tiny_models import WINDOW

EVERYWHERE = ["interleaved-rope", "no-rope", "norms+1", "scale+5%", "tiled-kv-heads", "other-activation"]


def head_size(config):
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def rows_changed(model, change):
    """Applies a change to the rows of the query and key matrices: change(values, heads, whether they are keys)."""
    config = model.config
    heads, kv_heads, size = config.num_attention_heads, config.num_key_value_heads, head_size(config)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if ".q_proj." in name:
                values.copy_(change(values, heads, False))
            elif ".k_proj." in name:
                values.copy_(change(values, kv_heads, True))
            elif ".qkv_proj." in name:
                ends = heads * size, (heads + kv_heads) * size
                values[:ends[0]] = change(values[:ends[0]].clone(), heads, False)
                values[ends[0]:ends[1]] = change(values[ends[0]:ends[1]].clone(), kv_heads, True)


def interleaved(values, heads, _):
    return values.reshape(heads, -1, 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)


def scaled(model):
    """Scores that are 5 % too large; the norms of heads come after the matrices."""
    if any("q_norm" in name for name, _ in model.named_parameters()):
        for layer in model.model.layers:
            layer.self_attn.scaling *= 1.05
    else:
        rows_changed(model, lambda values, _, keys: values if keys else values * 1.05)


def tiled_heads(model):
    """Query head i reads key head i % n instead of i // group: the same as the query heads in another order."""
    config = model.config
    groups, size = config.num_attention_heads // config.num_key_value_heads, head_size(config)
    rows_changed(model, lambda values, heads, keys: values if keys else values.reshape(
        groups, config.num_key_value_heads, size, *values.shape[1:]).swapaxes(0, 1).reshape(values.shape))


def without_rope(model):
    for name, buffer in model.named_buffers():
        if name.endswith("inv_freq"):
            buffer.zero_()
    for module in model.modules():
        if hasattr(module, "rope_type"):
            module.rope_type = "default" if isinstance(module.rope_type, str) else dict.fromkeys(module.rope_type, "default")


def zeroed(model, ending):
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.endswith(ending):
                values.zero_()


def norms_moved(model):
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.endswith("norm.weight"):
                values += 1


def without_head_norms(model):
    for layer in model.model.layers:
        layer.self_attn.q_norm = layer.self_attn.k_norm = torch.nn.Identity()


def plain_rope(case):
    parameters = case.config().rope_parameters
    full = parameters.get("full_attention", parameters)
    plain = {"rope_type": "default", "rope_theta": full["rope_theta"]}
    plain |= {key: full[key] for key in ("partial_rotary_factor",) if key in full}
    return {"rope_parameters": {**parameters, "full_attention": plain} if "full_attention" in parameters else plain}


def swapped_factors(case):
    rope = dict(case.config().rope_parameters)
    rope["short_factor"], rope["long_factor"] = rope["long_factor"], rope["short_factor"]
    return {"rope_parameters": rope}


def one_base(case):
    rope = case.config().rope_parameters
    return {"rope_parameters": {kind: dict(rope["full_attention"]) for kind in rope}}


def changed_settings(case, mutant):
    """Mutants that are another configuration for the same weights."""
    match mutant:
        case "no-window":
            return {"sliding_window": 4 * tiny_models.CONTEXT}
        case "window+1":
            return {"sliding_window": WINDOW + 1}
        case "no-scaling":
            return plain_rope(case)
        case "other-factors":
            return swapped_factors(case)
        case "one-rope-base":
            return one_base(case)
        case "no-caps":
            return {"attn_logit_softcapping": None}
        case "scale-by-head":
            return {"query_pre_attn_scalar": head_size(case.config())}
        case "other-activation":
            return dict.fromkeys(("hidden_act", "hidden_activation"), "silu" if case.gemma else "gelu_pytorch_tanh")
    return {}


CHANGES = {"interleaved-rope": lambda model: rows_changed(model, interleaved), "no-rope": without_rope, "norms+1": norms_moved,
           "scale+5%": scaled, "tiled-kv-heads": tiled_heads, "no-biases": lambda model: zeroed(model, "bias"),
           "no-head-norms": without_head_norms}


def mutant_logits(case, mutant):
    model = tiny_models.new_model(case, **changed_settings(case, mutant))
    if mutant in CHANGES:
        CHANGES[mutant](model)
    return tiny_models.logits(model, case)

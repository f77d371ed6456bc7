"""Tiny decoders of every architecture with random weights, made by transformers, and what it computes with them.

The weights are not those of a fresh network, whose attention is almost even and would hide mistakes: queries and keys are
large enough that attention is sharp, and no norm or bias is trivial. All weights are numbers that BF16, F16 and F32 hold
exactly, so one reference is right for folders of every type.
"""

import copy
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

transformers.utils.logging.disable_progress_bar()
transformers.logging.set_verbosity_error()

LENGTH = 160
CONTEXT = 256
WINDOW = 24
ORIGINAL = 64
VOCABULARY = 320
ENDS = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
BASE = {"vocab_size": VOCABULARY, "hidden_size": 128, "intermediate_size": 224, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": CONTEXT, "rms_norm_eps": 1e-5, **ENDS}


@dataclass
class Case:
    """One model: transformers' class, its configuration, and how it is compared."""
    name: str
    kind: str
    settings: dict
    gguf: bool = True
    # what the refusal must name, of a model that must not be loaded
    refused: str = ""
    witness: bool = True
    seed: int = 1
    # how many tokens are fed, from which position on the two are compared, and how many positions a sequence may have
    length: int = LENGTH
    first: int = 0
    positions: int = CONTEXT
    mutants: list = field(default_factory=list)

    @property
    def gemma(self):
        return self.kind.startswith("Gemma")

    def config(self, **changes):
        return getattr(transformers, self.kind + "Config")(**{**BASE, **self.settings, **changes}, attn_implementation="eager")

    def model_class(self):
        name = self.kind.removesuffix("Text")
        return getattr(transformers, name + "ForCausalLM")


def rope(kind, theta=10_000.0, **more):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": theta, **more}}


def factors(low, high, count):
    return [round(float(x), 4) for x in np.geomspace(low, high, count)]


LLAMA3 = rope("llama3", 500_000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=ORIGINAL)
YARN = rope("yarn", factor=4.0, original_max_position_embeddings=ORIGINAL)


def longrope(pairs, **more):
    return {"original_max_position_embeddings": ORIGINAL, **rope("longrope", short_factor=factors(1.0, 1.6, pairs),
            long_factor=factors(1.1, 6.0, pairs), original_max_position_embeddings=ORIGINAL, **more)}


GEMMA = {"head_dim": 64, "hidden_activation": "gelu_pytorch_tanh", "rms_norm_eps": 1e-6}
GEMMA2 = {**GEMMA, "sliding_window": WINDOW, "attn_logit_softcapping": 3.0, "final_logit_softcapping": 2.0}
GEMMA3 = {**GEMMA, "num_hidden_layers": 7, "sliding_window": WINDOW, "query_pre_attn_scalar": 64}


def gemma3_rope(full):
    return {"rope_parameters": {"full_attention": {"rope_theta": 1_000_000.0, **full},
                                "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0}}}


CASES = [
    Case("llama", "Llama", {}),
    Case("llama-tied-wide-heads", "Llama", {"tie_word_embeddings": True, "head_dim": 64}),
    Case("llama-llama3-rope", "Llama", LLAMA3, mutants=["no-scaling"]),
    Case("llama-linear-rope", "Llama", rope("linear", factor=4.0), mutants=["no-scaling"]),
    Case("llama-yarn-rope", "Llama", YARN, mutants=["no-scaling"]),
    Case("llama-biases", "Llama", {"attention_bias": True, "mlp_bias": True}, mutants=["no-biases"]),
    Case("mistral", "Mistral", {"sliding_window": None, "head_dim": 64}),
    Case("mistral-window", "Mistral", {"sliding_window": WINDOW}, gguf=False, mutants=["no-window", "window+1"]),
    Case("qwen2", "Qwen2", {"rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0}}, mutants=["no-biases"]),
    Case("qwen2-tied-window", "Qwen2", {"tie_word_embeddings": True, "use_sliding_window": True, "sliding_window": WINDOW,
                                        "max_window_layers": 1}, gguf=False, mutants=["no-window", "window+1"]),
    Case("qwen3", "Qwen3", {"head_dim": 64}, mutants=["no-head-norms"]),
    Case("qwen3-tied", "Qwen3", {"head_dim": 32, "tie_word_embeddings": True}),
    Case("phi3", "Phi3", {"sliding_window": None}),
    # llama.cpp does not use this window, and rounds short contexts up, so it is no witness for these two
    Case("phi3-window", "Phi3", {"sliding_window": WINDOW}, witness=False, mutants=["no-window", "window+1"]),
    Case("phi3-longrope-short", "Phi3", longrope(16), length=ORIGINAL, positions=ORIGINAL, witness=False,
         mutants=["no-scaling", "other-factors"]),
    Case("phi3-longrope-long", "Phi3", longrope(16), first=ORIGINAL, mutants=["no-scaling", "other-factors"]),
    Case("phi3-partial-rotary", "Phi3", {"hidden_size": 256, **longrope(24, partial_rotary_factor=0.75)}, first=ORIGINAL,
         mutants=["other-factors"]),
    Case("gemma", "Gemma", GEMMA),
    Case("gemma2", "Gemma2", {**GEMMA2, "query_pre_attn_scalar": 64}, mutants=["no-window", "window+1", "no-caps"]),
    Case("gemma2-own-scale", "Gemma2", {**GEMMA2, "query_pre_attn_scalar": 96}, gguf=False, mutants=["scale-by-head"]),
    Case("gemma3", "Gemma3Text", {**GEMMA3, **gemma3_rope({"rope_type": "default"})},
         mutants=["no-window", "window+1", "one-rope-base", "no-head-norms"]),
    Case("gemma3-linear-rope", "Gemma3Text", {**GEMMA3, **gemma3_rope({"rope_type": "linear", "factor": 8.0})},
         mutants=["no-scaling"]),
    # ONNX Runtime's attention rotates multiples of 16 numbers only
    Case("phi3-24-rotated", "Phi3", {"sliding_window": None, **rope("default", partial_rotary_factor=0.75)}, refused="24"),
    Case("llama-dynamic-rope", "Llama", rope("dynamic", factor=4.0), gguf=False, refused="dynamic"),
    Case("olmo2", "Olmo2", {}, gguf=False, refused="olmo2"),
    Case("mixtral", "Mixtral", {"num_local_experts": 4, "num_experts_per_tok": 2}, gguf=False, refused="mixtral"),
]


def storable(values):
    """The nearest numbers that BF16, F16 and F32 hold alike."""
    exact = values.to(torch.bfloat16).to(torch.float32)
    return torch.where(exact.abs() < 2.0 ** -14, torch.zeros_like(exact), exact)


def random_weights(model, case):
    """Sets every parameter, in the order of their names."""
    generator = torch.Generator().manual_seed(case.seed)

    def normal(shape, scale, middle=0.0):
        return storable(middle + scale * torch.randn(shape, generator=generator))

    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            shape = parameter.shape
            if name.endswith("bias"):
                parameter.copy_(normal(shape, 0.5))
            elif name.endswith(("q_norm.weight", "k_norm.weight")):
                parameter.copy_(normal(shape, 0.3, 0.5 if case.gemma else 1.5))
            elif parameter.dim() == 1:
                parameter.copy_(normal(shape, 0.3, 0.0 if case.gemma else 1.0))
            elif "embed_tokens" in name:
                parameter.copy_(normal(shape, shape[1] ** -0.5 if case.gemma else 1.0))
            else:
                sharp = any(part in name for part in ("q_proj", "k_proj", "qkv_proj"))
                parameter.copy_(normal(shape, (1.5 if sharp else 1.0) * shape[-1] ** -0.5))
    return model


def new_model(case, **changes):
    model = case.model_class()(case.config(**changes)).to(torch.float32).eval()
    model.tie_weights()
    return random_weights(model, case)


def tokens(case):
    return np.random.default_rng(case.seed + 1000).integers(3, VOCABULARY, case.length)


def logits(model, case):
    """Of every position, in one run with 32-bit numbers."""
    with torch.no_grad():
        return model(input_ids=torch.tensor(tokens(case))[None], use_cache=False).logits[0].numpy().astype(np.float32)


def small_tokenizer():
    """A byte-level BPE with some merges, for folders that are complete."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - 8, show_progress=False, special_tokens=["<s>", "</s>", "<pad>"],
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(["the bees dance in the sun and the hive hums", "honey is made of what the bees bring home"] * 4, trainer)
    return tokenizer


def as_transformers_4(config):
    """What config.json was like before version 5: most published models still have it so."""
    old = {key: value for key, value in config.items() if key not in ("layer_types", "rope_parameters", "dtype")}
    parameters = config.get("rope_parameters") or {}
    local = parameters.get("sliding_attention")
    parameters = dict(parameters.get("full_attention", parameters))
    old["torch_dtype"] = config.get("dtype", "float32")
    old["rope_theta"] = parameters.pop("rope_theta", 10_000.0)
    if "partial_rotary_factor" in parameters:
        old["partial_rotary_factor"] = parameters.pop("partial_rotary_factor")
    old["rope_scaling"] = None if parameters.get("rope_type", "default") == "default" else parameters
    if parameters.get("rope_type") == "longrope":
        old["rope_scaling"] = {"type": "longrope", "short_factor": parameters["short_factor"], "long_factor": parameters["long_factor"]}
        old["original_max_position_embeddings"] = ORIGINAL
    if local:
        old.update(rope_local_base_freq=local["rope_theta"], sliding_window_pattern=6)
    if config["model_type"] in ("llama", "mistral") and config.get("head_dim") == config["hidden_size"] // config["num_attention_heads"]:
        del old["head_dim"]
    return old


def save(model, folder, dtype, shard_bytes=None):
    shutil.rmtree(folder, ignore_errors=True)
    more = {} if shard_bytes is None else {"max_shard_size": shard_bytes}
    # why: a copy, because the conversion rounds the rotary frequencies as well
    copy.deepcopy(model).to(dtype).save_pretrained(folder, **more)
    tokenizer = small_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>",
                                                              "eos_token": "</s>", "pad_token": "<pad>", "add_bos_token": False}))


def make(case, folder):
    """Writes the folders and the reference; gives the model."""
    model = new_model(case)
    folder.mkdir(parents=True, exist_ok=True)
    save(model, folder / "f32", torch.float32)
    save(model, folder / "bf16-sharded", torch.bfloat16, 300_000)
    save(model, folder / "f16-config-of-version-4", torch.float16)
    config = folder / "f16-config-of-version-4" / "config.json"
    config.write_text(json.dumps(as_transformers_4(json.loads(config.read_text())), indent=2))
    np.save(folder / "logits.npy", logits(model, case))
    return model


def loaded_alike(case, folder):
    """Whether transformers, when it loads the saved folders, computes the reference again: the largest relative error."""
    expected = np.load(folder / "logits.npy")
    errors = []
    for saved in ("f32", "bf16-sharded", "f16-config-of-version-4"):
        model = case.model_class().from_pretrained(Path(folder) / saved, dtype=torch.float32, attn_implementation="eager").eval()
        errors.append(float(np.sqrt(((logits(model, case) - expected) ** 2).sum() / (expected ** 2).sum())))
    return max(errors)

"""The plain forward pass of a Llama-family GGUF file in 32-bit numbers with numpy: what both engines approximate."""

import numpy as np
from gguf import GGUFReader, dequantize


class Exact:
    def __init__(self, model):
        reader = GGUFReader(model)
        self.weights = {t.name: dequantize(t.data, t.tensor_type).astype(np.float32)
                        .reshape(tuple(int(n) for n in reversed(t.shape))) for t in reader.tensors}
        value = lambda key: reader.fields["llama." + key].contents()
        self.layers, self.heads = value("block_count"), value("attention.head_count")
        self.kv_heads, self.epsilon = value("attention.head_count_kv"), value("attention.layer_norm_rms_epsilon")
        self.size = value("embedding_length") // self.heads
        self.frequencies = value("rope.freq_base") ** (-2 * np.arange(self.size // 2) / self.size)

    def norm(self, x, gain):
        scale = np.sqrt((x.astype(np.float64) ** 2).mean(-1, keepdims=True) + self.epsilon)
        return (x / scale).astype(np.float32) * gain

    def rotate(self, x):
        angles = np.arange(len(x))[:, None, None] * self.frequencies
        cosines, sines = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        even, odd, out = x[..., 0::2], x[..., 1::2], np.empty_like(x)
        out[..., 0::2], out[..., 1::2] = even * cosines - odd * sines, even * sines + odd * cosines
        return out

    def logits(self, tokens):
        """After the last token."""
        w, length = self.weights, len(tokens)
        mask = np.triu(np.full((length, length), -np.inf, np.float32), 1)
        x = w["token_embd.weight"][tokens]
        for layer in range(self.layers):
            name = f"blk.{layer}."
            h = self.norm(x, w[name + "attn_norm.weight"])
            q = self.rotate((h @ w[name + "attn_q.weight"].T).reshape(length, self.heads, self.size))
            k = self.rotate((h @ w[name + "attn_k.weight"].T).reshape(length, self.kv_heads, self.size))
            v = (h @ w[name + "attn_v.weight"].T).reshape(length, self.kv_heads, self.size)
            out = np.empty_like(q)
            for head in range(self.heads):
                group = head * self.kv_heads // self.heads
                scores = q[:, head] @ k[:, group].T / np.sqrt(self.size) + mask
                scores = np.exp(scores - scores.max(-1, keepdims=True))
                out[:, head] = scores / scores.sum(-1, keepdims=True) @ v[:, group]
            x = x + out.reshape(length, -1) @ w[name + "attn_output.weight"].T
            h = self.norm(x, w[name + "ffn_norm.weight"])
            gate, up = h @ w[name + "ffn_gate.weight"].T, h @ w[name + "ffn_up.weight"].T
            x = x + (gate / (1 + np.exp(-gate)) * up) @ w[name + "ffn_down.weight"].T
        head = w.get("output.weight", w["token_embd.weight"])
        return self.norm(x[-1], w["output_norm.weight"]) @ head.T

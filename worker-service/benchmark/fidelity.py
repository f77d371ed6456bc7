"""How close our engine is to llama.cpp on the same file: tokens of texts, and logits under teacher forcing.

llama.cpp goes on greedily from each prompt; both engines are fed that same continuation, and their scores are compared at
every position. Exit code 1 when one of the goals is missed.
"""

import argparse
import json
import sys
import tempfile

import numpy as np

from engines import LlamaCpp, Ours

POSITIONS = 2048
CHATS = [
    "Name the capital city of France.", "What's 2+2?", "Write a haiku about the sea.", "Explain photosynthesis to a child.",
    "Translate 'good morning' into Spanish, French and German.", "List five uses of a paper clip.",
    "Write a Python function that reverses a string.", "Who wrote Hamlet, and when?", "Tell me a short story about a dragon.",
    "How do I boil an egg?", "What is the difference between TCP and UDP?", "Summarise the French Revolution in two sentences.",
    "Give me a recipe for pancakes.", "Why is the sky blue?", "Write a polite email asking for a refund.",
    "What are the planets of the solar system?", "Describe a bee to somebody who has never seen one.",
    "What should I pack for a week in the mountains?", "Compare cats and dogs as pets.", "Explain what a mutex is.",
    "Write the first line of a detective novel.", "Schreibe einen Satz über den Herbst.", "¿Cuál es la capital de España?", "Write a SQL query that counts users per country.",
]
RAWS = [
    "The sea is", "Once upon a time there was a king who", "def fibonacci(n):\n    ", "In 1969, humans first",
    "The recipe needs 3 eggs, 200 g of flour and", "#include <stdio.h>\n\nint main(void) {\n",
    "Dear Sir or Madam,\n\nI am writing to", "{\"name\": \"Ada\", \"born\":",
]
NASTY = [
    "", " ", "  ", "   a", "a   ", "\n", "\n\n\n", "\t\tx\t", " \n \t ", "日本語のテキスト", "中文，标点。", "한국어 문장",
    "👩‍👩‍👧 family", "🏳️‍🌈🇫🇷", "e\u0301 é \u00e9", "naïve café", "1234567890", "3.14159e-10", "0x7FFF_FFFF", "don't I'll we've it's",
    "DON'T", "<|im_start|>user\nhi<|im_end|>", "<|im_end", "<|endoftext|><|endoftext|>", "a<|im_end|>b", "x=y;//z\n\tif(a&&b)\n",
    "ﬁ ligature ½ ² ™", "\u200b\u200d\ufeff", "\u0001\u0002", "العربية مع أرقام ١٢٣",
    "हिन्दी", "ไทย", "a" * 300, " " * 100 + "x", "!?" * 60, "http://example.org/a?b=c&d=%20#e", "\u2028line\u2029sep",
    "tab\tand\u00a0nbsp\u3000wide", "Ünïcödé", "😀" * 20,
]


def chat(text):
    return ("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
            f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n")


def relative_rms(ours, theirs):
    return np.sqrt(((ours - theirs) ** 2).mean(axis=1) / (theirs ** 2).mean(axis=1))


def compare(ours, theirs, prompts, count):
    """Teacher forcing with llama.cpp's own continuations."""
    ends = theirs.tokenize("<|im_end|>") + theirs.tokenize("<|endoftext|>")
    equal, first, every = [], [], []
    with tempfile.NamedTemporaryFile() as scratch:
        for prompt in prompts:
            tokens = theirs.tokenize(prompt)
            continuation, expected = theirs.greedy(tokens, count, ends)
            got = ours.forced(tokens, continuation, scratch.name)
            equal.append(got.argmax(axis=1) == expected.argmax(axis=1))
            errors = relative_rms(got, expected)
            first.append(errors[0])
            every.append(errors)
    equal, every = np.concatenate(equal), np.concatenate(every)
    return {"prompts": len(prompts), "positions": int(equal.size), "argmax_equal": round(float(equal.mean()), 4),
            "rel_rms_after_prompt": {"median": round(float(np.median(first)), 4), "max": round(float(np.max(first)), 4)},
            "rel_rms_everywhere": {"median": round(float(np.median(every)), 4), "p99": round(float(np.quantile(every, 0.99)), 4)}}


def distance_from_exact(model, prompts, engines):
    """For each engine the median relative error after the prompt against plain 32-bit arithmetic."""
    from exact import Exact
    exact, tokens = Exact(model), [engines["ours"].tokenize(prompt) for prompt in prompts]
    expected = np.stack([exact.logits(t) for t in tokens])
    medians = {}
    for name, engine in engines.items():
        got = np.stack([engine.after(t) for t in tokens])
        medians[name] = {"rel_rms_median": round(float(np.median(relative_rms(got, expected))), 4),
                         "argmax_equal": round(float((got.argmax(axis=1) == expected.argmax(axis=1)).mean()), 4)}
    return medians


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model")
    arguments.add_argument("folder", help="where our import of the model lies")
    arguments.add_argument("--tokens", type=int, default=96, help="length of each continuation")
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()

    ours = Ours(options.model, options.folder, options.threads, 1, POSITIONS)
    # our KV cache holds 32-bit numbers; llama.cpp's holds 16-bit ones unless it is told otherwise
    same = LlamaCpp(options.model, options.threads, 1, POSITIONS, kv_type=0)
    default = LlamaCpp(options.model, options.threads, 1, POSITIONS)
    chats = [chat(text) for text in CHATS]
    different = [text for text in chats + RAWS + NASTY if ours.tokenize(text) != default.tokenize(text)]
    result = {
        "tokenizer": {"texts": len(chats) + len(RAWS) + len(NASTY), "different": different},
        "chats": compare(ours, same, chats, options.tokens),
        "raw_prompts": compare(ours, same, RAWS, options.tokens),
        "chats_against_16_bit_kv": compare(ours, default, chats, options.tokens),
        "from_exact_arithmetic": distance_from_exact(options.model, chats + RAWS, {
            "ours": ours, "llama.cpp": same, "llama.cpp, 16-bit kv": default}),
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    ours.close()
    goal = result["chats"]
    met = goal["argmax_equal"] >= 0.96 and goal["rel_rms_after_prompt"]["median"] <= 0.02 and not different
    print("goals met" if met else "goals MISSED", file=sys.stderr)
    return 0 if met else 1


sys.exit(main())

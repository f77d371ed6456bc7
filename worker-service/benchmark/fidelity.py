"""How close our engine is to llama.cpp on the same file: tokens of texts, and logits under teacher forcing.

llama.cpp goes on greedily from each prompt; the engines are fed that same continuation, and their logits are compared at
every position. Our attention works with 32-bit keys and values. llama.cpp's rounds them to 16 bits unless it is told
otherwise; it is compared both ways. The goals are for all prompts, against its 32-bit attention. Exit code 1 when one of them is missed.
"""

import argparse
import sys

import numpy as np

from engines import LlamaCpp, Ours
from exact import Exact
from machine import describe

POSITIONS = 2048
OURS_SAME = "rbees, llama.cpp with 32-bit attention"
OURS_DEFAULT = "rbees, llama.cpp as it is by default (16-bit)"
DEFAULT_SAME = "llama.cpp 16-bit, llama.cpp 32-bit"
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


def relative_rms(got, expected):
    return np.sqrt(((got - expected) ** 2).mean(axis=1) / (expected ** 2).mean(axis=1))


class Comparison:
    """Collects how one engine's logits differ from another's over many prompts."""

    def __init__(self):
        self.equal, self.errors, self.gaps = [], [], []

    def add(self, got, expected):
        best_two = np.partition(expected, -2, axis=1)[:, -2:]
        self.equal.append(got.argmax(axis=1) == expected.argmax(axis=1))
        self.errors.append(relative_rms(got, expected))
        self.gaps.append(best_two[:, 1] - best_two[:, 0])

    def figures(self, prompts):
        """Over a slice of the prompts."""
        equal, errors = np.concatenate(self.equal[prompts]), np.concatenate(self.errors[prompts])
        gaps, first = np.concatenate(self.gaps[prompts]), [e[0] for e in self.errors[prompts]]
        return {"positions": equal.size, "argmax": float(equal.mean()), "prompt_median": float(np.median(first)),
                "prompt_max": float(np.max(first)), "median": float(np.median(errors)), "p99": float(np.quantile(errors, 0.99)),
                "gap": float(np.median(gaps)), "gap_where_different": float(np.median(gaps[~equal])) if not equal.all() else 0}


def teacher_forced(ours, same, default, prompts, count):
    """llama.cpp goes on from each prompt; all engines are fed that. One comparison for each pair of engines."""
    ends = same.tokenize("<|im_end|>") + same.tokenize("<|endoftext|>")
    pairs = {OURS_SAME: Comparison(), OURS_DEFAULT: Comparison(), DEFAULT_SAME: Comparison()}
    for prompt in prompts:
        tokens = same.tokenize(prompt)
        continuation, expected = same.greedy(tokens, count, ends)
        usual = default.forced(tokens, continuation)
        # our rows may end in padding
        got = ours.forced(tokens, continuation)[:, :same.vocabulary]
        pairs[OURS_SAME].add(got, expected)
        pairs[OURS_DEFAULT].add(got, usual)
        pairs[DEFAULT_SAME].add(usual, expected)
    return pairs


def distances_from_exact(model, prompts, engines):
    """For each engine the relative errors after each prompt against plain 32-bit arithmetic, and the share of equal choices."""
    exact = Exact(model)
    tokens = [engines["rbees"].tokenize(prompt) for prompt in prompts]
    expected = np.stack([exact.logits(t) for t in tokens])
    distances = {}
    for name, engine in engines.items():
        got = np.stack([engine.forced(t, [])[0, :expected.shape[1]] for t in tokens])
        distances[name] = relative_rms(got, expected), (got.argmax(axis=1) == expected.argmax(axis=1)).sum()
    return distances


def show_pairs(pairs, sets):
    print("\n| pair | prompts | positions | argmax equal | relRMS after prompt: median / max | relRMS everywhere: median / p99 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for pair, comparison in pairs.items():
        for name, prompts in sets.items():
            f = comparison.figures(prompts)
            print(f"| {pair} | {name} | {f['positions']} | {f['argmax']:.2%} | {f['prompt_median']:.4f} / {f['prompt_max']:.4f} "
                  f"| {f['median']:.4f} / {f['p99']:.4f} |")
    f = pairs[OURS_SAME].figures(sets["all"])
    print(f"\nGap between llama.cpp's two best logits: median {f['gap']:.3f}; where rbees chooses another token: "
          f"median {f['gap_where_different']:.3f}")


def show_exact(distances):
    print("\n| against plain 32-bit arithmetic, after the prompt | relRMS median / max | argmax equal |\n| --- | --- | --- |")
    for name, (errors, equal) in distances.items():
        print(f"| {name} | {np.median(errors):.4f} / {errors.max():.4f} | {equal} of {len(errors)} |")


def missed_goals(figures, different):
    """Against llama.cpp with attention of the same precision as ours."""
    missed = [f"tokens of {len(different)} texts"] if different else []
    if figures["argmax"] < 0.96:
        missed.append("argmax equal at 96 % of the positions")
    if figures["prompt_median"] > 0.02:
        missed.append("relRMS after the prompt, median 0.02")
    return missed


def main():
    arguments = argparse.ArgumentParser(prog="run fidelity MODEL.gguf", description=__doc__)
    arguments.add_argument("model", help=argparse.SUPPRESS)
    arguments.add_argument("folder", help=argparse.SUPPRESS)
    arguments.add_argument("--tokens", type=int, default=96, help="length of each continuation (default: 96)")
    arguments.add_argument("--threads", type=int, default=2, help="of each engine (default: 2)")
    options = arguments.parse_args()

    ours = Ours(options.model, options.folder, options.threads, 1, POSITIONS)
    same = LlamaCpp(options.model, options.threads, 1, POSITIONS, exact_attention=True)
    default = LlamaCpp(options.model, options.threads, 1, POSITIONS)
    print(describe(options.model, options.threads, ours.start), flush=True)

    chats = [chat(text) for text in CHATS]
    prompts, texts = chats + RAWS, chats + RAWS + NASTY
    different = [text for text in texts if ours.tokenize(text) != default.tokenize(text)]
    print(f"\nToken ids are equal for {len(texts) - len(different)} of {len(texts)} texts"
          + "".join(f"\n  different: {text!r}" for text in different), flush=True)
    pairs = teacher_forced(ours, same, default, prompts, options.tokens)
    show_pairs(pairs, {"chats": slice(len(chats)), "raw": slice(len(chats), None), "all": slice(None)})
    show_exact(distances_from_exact(options.model, prompts, {"rbees": ours, "llama.cpp, 32-bit attention": same, "llama.cpp, 16-bit attention": default}))
    ours.close()
    missed = missed_goals(pairs[OURS_SAME].figures(slice(None)), different)
    print("\ngoals met" if not missed else "\ngoals MISSED: " + "; ".join(missed))
    return 1 if missed else 0


sys.exit(main())

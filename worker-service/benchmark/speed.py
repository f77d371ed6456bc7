"""How fast our engine is beside llama.cpp, on the same file, in one run: the two take turns, and the medians are compared.

Prints a table for docs/PERFORMANCE.md. Exit code 1 when one of the goals is missed.
"""

import argparse
import statistics
import sys

from engines import LlamaCpp, Ours

POSITIONS = 2304
# name, goal for ours / theirs (None: only shown)
ROWS = [("prefill 128", 2.5), ("prefill 512", 2.5), ("decode b=1, context 64", 1.0), ("decode b=1, context 512", 1.0),
        ("decode b=1, context 2048", None), ("decode b=4, context 64", None), ("decode b=8, context 64", None)]


def rate(engine, name, tokens):
    """Tokens per second."""
    kind, what = name.split(" ", 1)
    if kind == "prefill":
        return int(what) / engine.prefill_seconds(tokens[:int(what)])
    rows = int(what.split(",")[0].removeprefix("b="))
    context = int(what.split("context ")[1])
    steps = 64 if rows == 1 else 24
    return rows * steps / engine.decode_seconds(tokens[:context], rows, steps)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model")
    arguments.add_argument("folder", help="where our import of the model lies")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()

    ours = Ours(options.model, options.folder, options.threads, 8, POSITIONS)
    theirs = LlamaCpp(options.model, options.threads, 8, POSITIONS)
    text = "The history of the sea is long, and every wave that breaks on the shore tells a part of it. " * 200
    tokens = theirs.tokenize(text)
    print("| tokens/s, median of %d rounds | rbees | llama.cpp | ratio (median of pairs) |\n| --- | --- | --- | --- |" % options.rounds)
    missed = []
    for name, goal in ROWS:
        rate(ours, name, tokens), rate(theirs, name, tokens)  # warm-up
        pairs = [(rate(ours, name, tokens), rate(theirs, name, tokens)) for _ in range(options.rounds)]
        a, b = (statistics.median(side) for side in zip(*pairs))
        ratio = statistics.median(x / y for x, y in pairs)
        print(f"| {name} | {a:.0f} | {b:.0f} | {ratio:.2f} |", flush=True)
        if goal is not None and ratio < goal:
            missed.append(f"{name}: {ratio:.2f} < {goal}")
    ours.close()
    print("goals met" if not missed else "goals MISSED: " + "; ".join(missed), file=sys.stderr)
    return 1 if missed else 0


sys.exit(main())

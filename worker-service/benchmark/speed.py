"""How fast our engine is beside llama.cpp, on the same file, in one run.

The two take turns, so that other work on the machine hits both, and the median of the ratios of the rounds is judged.
llama.cpp runs with its own defaults. Exit code 1 when one of the goals is missed.
"""

import argparse
import statistics
import sys
import time

from engines import LlamaCpp, Ours
from machine import describe, load

POSITIONS = 2304
REST_SECONDS = 0.3
TEXT = "The history of the sea is long, and every wave that breaks on the shore tells a part of it. " * 200
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


def measured(engine, name, tokens):
    """One measurement, after the threads of both engines have come to rest: they spin for a while after their last work."""
    time.sleep(REST_SECONDS)
    return rate(engine, name, tokens)


def pairs(ours, theirs, name, tokens, rounds):
    """Rates of both for each round; who goes first changes with every round."""
    rate(ours, name, tokens), rate(theirs, name, tokens)  # warm-up
    for number in range(rounds):
        if number % 2 == 0:
            a = measured(ours, name, tokens)
            b = measured(theirs, name, tokens)
        else:
            b = measured(theirs, name, tokens)
            a = measured(ours, name, tokens)
        yield a, b


def main():
    arguments = argparse.ArgumentParser(prog="run speed MODEL.gguf", description=__doc__)
    arguments.add_argument("model", help=argparse.SUPPRESS)
    arguments.add_argument("folder", help=argparse.SUPPRESS)
    arguments.add_argument("--rounds", type=int, default=7, help="measurements of each row (default: 7)")
    arguments.add_argument("--threads", type=int, default=2, help="of each engine (default: 2)")
    options = arguments.parse_args()

    ours = Ours(options.model, options.folder, options.threads, 8, POSITIONS)
    theirs = LlamaCpp(options.model, options.threads, 8, POSITIONS)
    print(describe(options.model, options.threads, ours.start))
    tokens = theirs.tokenize(TEXT)
    print(f"\n| tokens/s, median of {options.rounds} rounds | rbees | llama.cpp | ratio: median (least to greatest) | goal |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    missed = []
    for name, goal in ROWS:
        both = list(pairs(ours, theirs, name, tokens, options.rounds))
        a, b = (statistics.median(side) for side in zip(*both))
        ratios = [x / y for x, y in both]
        ratio = statistics.median(ratios)
        print(f"| {name} | {a:.0f} | {b:.0f} | {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {goal or ''} |", flush=True)
        if goal is not None and ratio < goal:
            missed.append(f"{name}: {ratio:.2f} < {goal}")
    ours.close()
    print(f"\nload when it ended: {load()}")
    print("goals met" if not missed else "goals MISSED: " + "; ".join(missed))
    return 1 if missed else 0


sys.exit(main())

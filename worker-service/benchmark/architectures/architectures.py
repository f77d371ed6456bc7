"""Compares our decoders with transformers, architecture by architecture, on tiny models with random weights.

transformers makes each model and computes its logits with 32-bit numbers. We import what it saved (safetensors folders of
three types, with the configuration as transformers 5 and as version 4 wrote it, and GGUF files with the names and orders of
llama.cpp), feed the same tokens, and compare the logits of every position: after a prompt that ends there, and after a
decode step. With 32-bit weights nothing but the order of sums may differ. With 8-bit weights and activations, our default,
the errors of such small sums are some percent. Before that, deliberate mistakes are made with transformers' own code, and
each must lie far outside the limit. Exit code 1 when a model is off, refused, or accepted though nobody runs it rightly.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np

import mutants
import tiny_gguf
import tiny_models

# error limits: of all positions together, and of the worst one; and how far outside a mistake must lie
EXACT = {"all": 1e-3, "worst": 1e-2}
INT8 = {"all": 0.10, "worst": 0.30}
CLEAR = 10
FOLDERS = ["f32", "bf16-sharded", "f16-config-of-version-4"]
GGUF_TYPES = ["F32", "Q8_0"]
PROMPT = 8


def relative(got, expected):
    """Relative RMS of all positions together and of the worst one, and how often the best token is the same."""
    got = got[:, :expected.shape[1]]
    squares, sizes = ((got - expected) ** 2).sum(axis=1), (expected ** 2).sum(axis=1)
    return {"all": float(np.sqrt(squares.sum() / sizes.sum())), "worst": float(np.sqrt((squares / sizes).max())),
            "argmax": float((got.argmax(axis=1) == expected.argmax(axis=1)).mean())}


class Probe:
    """Our engine, in a Java process of its own."""

    def __init__(self, folder):
        command = [os.environ["RBEES_BENCH_JAVA"], "--enable-native-access=ALL-UNNAMED", "-Xmx1g", "-cp", os.environ["RBEES_BENCH_CLASSES"],
                   "dev.rbees.worker.benchmark.LogitsProbe", str(folder / "home")]
        self.file = folder / "ours.f32"
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def compare(self, case, model, plain, expected):
        """Figures for prefill and decode, or {"refused": why}."""
        question = {"model": str(model), "plain": plain, "tokens": tiny_models.tokens(case).tolist(), "first": case.first,
                    "positions": case.positions, "file": str(self.file)}
        print(json.dumps(question), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"our engine died at {model}")
        answer = json.loads(line)
        if "vocabulary" not in answer:
            return answer
        got = np.fromfile(self.file, np.float32).reshape(-1, answer["vocabulary"])
        prefilled = answer["prefilled"]
        return {"prefill": relative(got[:prefilled], expected[case.first:]),
                "decode": relative(got[prefilled:], expected[case.first + PROMPT:])}


class LlamaCppProbe:
    """llama.cpp as a second witness for the GGUF files, in a Python that has llama-cpp-python."""

    def __init__(self, python, folder):
        self.python, self.file = python, folder / "llama.npy"

    def compare(self, case, model, expected):
        program = Path(__file__).with_name("tiny_llama.py")
        numbers = json.dumps([tiny_models.tokens(case).tolist(), case.positions])
        done = subprocess.run([self.python, str(program), str(model), numbers, str(self.file)], capture_output=True, text=True)
        if done.returncode != 0:
            return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}"}
        return {"prefill": relative(np.load(self.file)[case.first:], expected[case.first:])}


def within(figures, limit):
    return all(figures[part][key] <= limit[key] for part in ("prefill", "decode") for key in limit)


def shown(figures):
    return " / ".join(f"{figures[part]['all']:.1e} (worst {figures[part]['worst']:.1e}, argmax {figures[part]['argmax']:.1%})"
                      for part in ("prefill", "decode") if part in figures) or next(iter(figures.values()))


def make(case, folder):
    """Model files, reference and mutants; gives the smallest error of a mutant."""
    model = tiny_models.make(case, folder)
    if case.gguf:
        for encoding in GGUF_TYPES:
            tiny_gguf.write(case, model, folder / "f32", folder / f"{encoding}.gguf", gguf.GGMLQuantizationType[encoding])
    if case.refused:
        return {}
    reloaded = tiny_models.loaded_alike(case, folder)
    if reloaded > 1e-6:
        raise SystemExit(f"{case.name}: transformers itself gives other logits for the saved folders, off by {reloaded}")
    expected = np.load(folder / "logits.npy")[case.first:]
    return {mutant: relative(mutants.mutant_logits(case, mutant)[case.first:], expected)["all"]
            for mutant in mutants.EVERYWHERE + case.mutants}


def sources(case, folder):
    """(what it is, path, what becomes of plain weights, limit)"""
    for name in FOLDERS:
        yield name, folder / name, "float32", EXACT
    yield "bf16-sharded", folder / "bf16-sharded", "int8", INT8
    if case.gguf:
        yield "gguf F32", folder / "F32.gguf", "float32", EXACT
        yield "gguf Q8_0", folder / "Q8_0.gguf", "int8", INT8


def run_case(case, folder, probe, witness):
    """One entry of the results; prints lines as it goes."""
    errors = make(case, folder)
    entry = {"name": case.name, "architecture": case.config().model_type, "refused": bool(case.refused), "mutants": errors, "cells": []}
    if errors:
        unseen = {name: error for name, error in errors.items() if error < CLEAR * EXACT["all"]}
        print(f"{case.name}: {len(errors)} deliberate mistakes, the least visible is off by {min(errors.values()):.3f}"
              + (f"; NOT CLEAR: {unseen}" if unseen else ""), flush=True)
        entry["unseen"] = unseen
    expected = np.load(folder / "logits.npy")
    if probe:
        for name, path, plain, limit in sources(case, folder):
            figures = probe.compare(case, path, plain, expected)
            accepted = "prefill" in figures
            reason = figures.get("refused", "")
            good = (reason.startswith("MODEL_LOAD_FAILED") and case.refused in reason if case.refused
                    else accepted and within(figures, limit))
            entry["cells"].append({"format": name, "weights": plain, "passed": good, **figures})
            print(f"  {'ok  ' if good else 'FAIL'} {name}, {plain}: {shown(figures)}", flush=True)
    if witness and case.gguf and case.witness and not case.refused:
        figures = witness.compare(case, folder / "F32.gguf", expected)
        entry["llama_cpp"] = figures
        print(f"  llama.cpp on the GGUF F32 file, against transformers: {shown(figures)}", flush=True)
    return entry


def main():
    arguments = argparse.ArgumentParser(prog="run architectures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", help="only cases whose name begins so")
    arguments.add_argument("--folder", required=True, type=Path, help="for the models and imports; what is there is replaced")
    arguments.add_argument("--only-transformers", action="store_true", help="make models, references and mistakes; do not run ours")
    arguments.add_argument("--llama-python", help="a Python that has llama-cpp-python, as a second witness for GGUF")
    arguments.add_argument("--output", type=Path, help="write the results to this file as JSON")
    options = arguments.parse_args()
    cases = [case for case in tiny_models.CASES if not options.names or case.name.startswith(tuple(options.names))]
    if not cases:
        arguments.error("no case begins with " + " or ".join(options.names) + "; there are "
                        + ", ".join(case.name for case in tiny_models.CASES))
    options.folder.mkdir(parents=True, exist_ok=True)
    probe = None if options.only_transformers else Probe(options.folder)
    witness = LlamaCppProbe(options.llama_python, options.folder) if options.llama_python else None
    print(f"transformers {version('transformers')}, torch {version('torch')}; relative RMS of the logits, prefill / decode", flush=True)
    results = [run_case(case, options.folder / case.name, probe, witness) for case in cases]
    failed = [f"{entry['name']} ({cell['format']}, {cell['weights']})" for entry in results for cell in entry["cells"] if not cell["passed"]]
    failed += [f"{entry['name']}: the limit does not see {name}" for entry in results for name in entry.get("unseen", {})]
    if options.output:
        options.output.write_text(json.dumps({"kind": "architectures", "date": time.strftime("%Y-%m-%d"), "limits": {"float32": EXACT, "int8": INT8},
                                              "transformers": version("transformers"), "torch": version("torch"), "results": results}, indent=1) + "\n")
    print("\nall as expected" if not failed else "\nNOT AS EXPECTED:\n  " + "\n  ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a comparison ran on: the machine, the versions, the file."""

import hashlib
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import llama_cpp


def proc_value(file, key):
    """The first value of a key in a file of /proc; "unknown" where there is none."""
    try:
        found = re.search(rf"^{key}\s*:\s*(.+)$", Path(file).read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else "unknown"


def load():
    """Processes that want to run, averaged over the last minute."""
    return f"{os.getloadavg()[0]:.2f}"


def describe(model, threads, ours):
    """Lines of a markdown list. `ours` is what our engine said when it started."""
    digest = hashlib.sha256(Path(model).read_bytes()).hexdigest()
    runtime = re.search(r"/onnxruntime-([\d.]+)\.jar", os.environ["RBEES_BENCH_CLASSES"])
    built = llama_cpp.llama_print_system_info().decode()
    return "\n".join([
        f"- machine: {proc_value('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, "
        f"memory {proc_value('/proc/meminfo', 'MemTotal')}, {platform.system()} {platform.machine()}",
        f"- load when it began: {load()} (more than 0.5 beside this program makes the speeds doubtful)",
        f"- threads of each engine: {threads}",
        f"- rbees: Java {ours['java']}, ONNX Runtime {runtime.group(1) if runtime else 'unknown'}",
        f"- llama.cpp: llama-cpp-python {version('llama-cpp-python')}, compiled here; {built.strip()}",
        f"- file: {Path(model).name}, {os.path.getsize(model)} bytes, sha256 {digest}",
    ])

"""What a comparison ran on: the machine, the versions, the file."""

import hashlib
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


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


def describe_machine(threads):
    """Lines of a markdown list."""
    return "\n".join([
        f"- machine: {proc_value('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, "
        f"memory {proc_value('/proc/meminfo', 'MemTotal')}, {platform.system()} {platform.machine()}",
        f"- load when it began: {load()} (more than 0.5 beside this program makes the speeds doubtful)",
        f"- threads of each engine: {threads}",
    ])


def describe_file(model):
    digest = hashlib.sha256(Path(model).read_bytes()).hexdigest()
    return f"- file: {Path(model).name}, {os.path.getsize(model)} bytes, sha256 {digest}"


def describe_llama():
    import llama_cpp  # why: here, because not every comparison has compiled it

    built = llama_cpp.llama_print_system_info().decode()
    return f"- llama.cpp: llama-cpp-python {version('llama-cpp-python')}, compiled here; {built.strip()}"


def describe(model, threads, ours):
    """Lines of a markdown list. `ours` is what our engine said when it started."""
    runtime = re.search(r"/onnxruntime-([\d.]+)\.jar", os.environ["RBEES_BENCH_CLASSES"])
    return "\n".join([
        describe_machine(threads),
        f"- rbees: Java {ours['java']}, ONNX Runtime {runtime.group(1) if runtime else 'unknown'}",
        describe_llama(),
        describe_file(model),
    ])


def describe_installation(install):
    """`install` is the folder of our programs."""
    release = (Path(os.environ["RBEES_BENCH_JAVA"]).parent.parent / "release").read_text()
    java = re.search(r'^JAVA_RUNTIME_VERSION="(.+)"$', release, re.MULTILINE)
    said = subprocess.run([str(install / "bin/rbees-workerd"), "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=True, timeout=60).stdout.strip()
    runtime = next((re.sub(r"\D+([\d.]+)\.jar", r"\1", jar.name) for jar in (install / "lib").glob("onnxruntime-*.jar")), "unknown")
    return f"- rbees: {said}, Java {java.group(1) if java else 'unknown'}, ONNX Runtime {runtime}"

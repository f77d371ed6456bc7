"""How soon our worker is ready, measured by what it is made of, and how fast a model is imported.

The start from the cache is to take at most 1.3 times what an empty application of Spring Boot and WebFlux takes until its port
answers, plus what ONNX Runtime takes to load the same session in a program that does nothing else; all three have AOT caches.
The import on all cores is to be at least twice as fast as on one. Each round measures everything once, in changing order; the
medians are judged. Exit code 1 when one of the goals is missed.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from datetime import datetime
from pathlib import Path

from machine import describe_file, describe_installation, describe_machine, load
from servers import Process, Rbees, end_on_sigterm, free_port
from streams import call

START_GOAL = 1.3
IMPORT_GOAL = 2.0
SLOTS = 4
POSITIONS = 2048
PATIENCE_SECONDS = 300
PARTS = ["Java and Boot", "digest of the file", "tokenizer and session", "first run"]
PACKAGE = "dev/rbees/worker/benchmark"
# what the worker needs beyond the starter of WebFlux
NOT_IN_EMPTY = ("rbees-", "onnxruntime", "micrometer-registry", "micrometer-core", "HdrHistogram", "prometheus-")
# those of the launcher
FLAGS = ["--enable-native-access=ALL-UNNAMED", "-Djdk.serialFilter=!*", "-Xmx1g", "-XX:+ExitOnOutOfMemoryError"]


class Programs:
    """The probes as a jar beside the installed ones: an AOT cache serves classes from jars only."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.java = os.environ["RBEES_BENCH_JAVA"]
        self.jar = folder / "probes.jar"
        classes = Path(os.environ["RBEES_BENCH_CLASSES"].split(os.pathsep)[0])
        with zipfile.ZipFile(self.jar, "w") as jar:
            for file in sorted((classes / PACKAGE).glob("*.class")):
                jar.write(file, f"{PACKAGE}/{file.name}")
        worker = next((options.install / "lib").glob("worker-service-*.jar"))
        with zipfile.ZipFile(worker) as jar:
            manifest = jar.read("META-INF/MANIFEST.MF").decode().replace("\r\n ", "").replace("\n ", "")
        line = next(line for line in manifest.splitlines() if line.startswith("Class-Path:"))
        self.libraries = [options.install / "lib" / name for name in line.split()[1:]]
        self.worker = worker

    def command(self, name, *arguments, flags=()):
        jars = [library for library in self.libraries if not library.name.startswith(NOT_IN_EMPTY)] \
            if name == "EmptyApplication" else [self.worker, *self.libraries]
        path = os.pathsep.join(str(jar) for jar in [self.jar, *jars])
        return [self.java, *FLAGS, *flags, "-cp", path, f"{PACKAGE}/{name}".replace("/", "."), *map(str, arguments)]

    def cache(self, name):
        return self.folder / f"{name}.aot"

    def train(self, name, run):
        """`run(flags)` lets the program do what it will do, and end; Java then writes its cache."""
        run([f"-XX:AOTCacheOutput={self.cache(name)}"])
        if not self.cache(name).is_file():
            raise SystemExit(f"error: Java wrote no AOT cache for {name}")

    def trained(self, name):
        # why: with the mode on, Java refuses to start without its cache; otherwise it would silently be slower
        return ["-XX:AOTMode=on", f"-XX:AOTCache={self.cache(name)}"]

    def empty_application(self, flags):
        """Seconds until it answers, be it with a 404."""
        port = free_port()
        command = self.command("EmptyApplication", port, flags=flags)
        with Process("the empty application", command, self.folder / "empty.log") as process:
            return process.await_ready(lambda: call(port, "/", any_status=True))

    def session(self, flags):
        """Seconds that loading the session takes, of a program that then ends."""
        o = self.options
        command = self.command("EngineProbe", o.model, o.home, o.threads, SLOTS, POSITIONS, flags=flags)
        return self.said(command)["load_ms"] / 1000

    def worker_start(self):
        """Seconds until it is ready, and those that the parts of the start took by its log."""
        with Rbees(self.options) as worker:
            seconds = worker.await_ready(worker.is_ready)
            worker.stop()
            return {"ready": seconds, **parts(worker.log.read_text(), seconds)}

    def imported(self, cores, flags=()):
        """What an import into an empty folder says of itself; `cores`: the ones it may use."""
        home = self.folder / "import"
        shutil.rmtree(home, ignore_errors=True)
        try:
            return self.said(self.command("ImportProbe", self.options.model, home, flags=flags), cores)
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def said(self, command, cores=None):
        """The one line of JSON that a program writes before it ends."""
        with Process(command[-1], command, self.folder / "probe.log", cores=cores) as process:
            process.child.wait(PATIENCE_SECONDS)
            lines = [line for line in process.log.read_text().splitlines() if line.startswith("{")]
            if process.child.returncode != 0 or not lines:
                raise SystemExit(f"error: a probe ended with {process.child.returncode}:\n{process.last_words()}")
            return json.loads(lines[0])


def parts(log, seconds):
    """Splits the seconds by the lines of the log that say what begins."""
    at = {}
    for line in log.splitlines():
        for begins, words in (("digest", "WorkerLifecycle: .* loads "), ("session", "load_progress: load 0 %"),
                              ("first run", "load_progress: warm_up 0 %"), ("end", " is ready on port ")):
            if re.search(words, line):
                at.setdefault(begins, datetime.fromisoformat(line.split()[0]).timestamp())
    if list(at) != ["digest", "session", "first run", "end"]:
        raise SystemExit(f"error: the worker's log is not as expected, it has only {', '.join(at)}:\n{log[-2000:]}")
    begins = list(at.values())
    spans = [later - earlier for earlier, later in zip(begins, begins[1:])]
    return dict(zip(PARTS, [seconds - sum(spans), *spans]))


def rounds_of(rounds, measures):
    """The measurements of each name; the order turns with every round."""
    results = {name: [] for name in measures}
    for number in range(rounds):
        names = list(measures)
        for name in names[number % len(names):] + names[:number % len(names)]:
            results[name].append(measures[name]())
            time.sleep(0.2)
    return results


def row(name, values, digits=2):
    print(f"| {name} | {statistics.median(values):.{digits}f} | {min(values):.{digits}f} to {max(values):.{digits}f} |")


def starts(programs, rounds):
    """Gives what was missed."""
    programs.train("EngineProbe", programs.session)
    programs.train("EmptyApplication", programs.empty_application)
    programs.worker_start()  # the import
    results = rounds_of(rounds, {
        "worker": programs.worker_start,
        "empty": lambda: programs.empty_application(programs.trained("EmptyApplication")),
        "session": lambda: programs.session(programs.trained("EngineProbe"))})
    print("\n| seconds | median | least to greatest |\n| --- | --- | --- |")
    ready = [one["ready"] for one in results["worker"]]
    row("rbees-workerd from the cache, until ready", ready)
    for part in PARTS:
        row(f"of that: {part}", [one[part] for one in results["worker"]])
    row("an empty application of Boot and WebFlux, until it answers", results["empty"])
    row("loading the session in a program of its own", results["session"])
    made_of = statistics.median(results["empty"]) + statistics.median(results["session"])
    ratio = statistics.median(ready) / made_of
    print(f"\nstart / (empty application + session): {ratio:.2f} (goal: at most {START_GOAL})", flush=True)
    return [] if ratio <= START_GOAL else [f"start: {ratio:.2f} > {START_GOAL}"]


def imports(programs, rounds):
    """Gives what was missed."""
    every = sorted(os.sched_getaffinity(0))
    if len(every) == 1:
        print("\nthe import was not measured: this machine has one core only")
        return []
    measures = {f"all {len(every)} cores": lambda: programs.imported(every),
                "one thread, Java's own threads on the other cores": lambda: programs.imported(every, ["-XX:ActiveProcessorCount=1"]),
                "one core": lambda: programs.imported(every[:1])}
    results = rounds_of(rounds, measures)
    print("\n| import on | digest of the file, ms | import, ms: median | least to greatest | memory of the process at most, MB |"
          "\n| --- | --- | --- | --- | --- |")
    medians = []
    for name, said in results.items():
        times = [one["import_ms"] for one in said]
        medians.append(statistics.median(times))
        print(f"| {name} | {statistics.median(one['verify_ms'] for one in said):.0f} | {medians[-1]:.0f} "
              f"| {min(times):.0f} to {max(times):.0f} | {max(one['peak_kb'] for one in said) / 1000:.0f} |")
    ratio = medians[2] / medians[0]
    print(f"\nimport on one core / on all: {ratio:.2f} (goal: at least {IMPORT_GOAL}); with one thread: {medians[1] / medians[0]:.2f}")
    return [] if ratio >= IMPORT_GOAL else [f"import: {ratio:.2f} < {IMPORT_GOAL}"]


def main():
    end_on_sigterm()
    arguments = argparse.ArgumentParser(prog="run start MODEL.gguf", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--install", type=Path, required=True, help="folder of rbees (default: deploy/target/rbees)")
    arguments.add_argument("--rounds", type=int, default=9, help="measurements of each row (default: 9)")
    arguments.add_argument("--quick", action="store_true", help="three rounds")
    arguments.add_argument("--threads", type=int, default=2, help="of the session (default: 2)")
    options = arguments.parse_args()
    if not (options.install / "bin/rbees-workerd").is_file():
        raise SystemExit(f"error: there is no rbees in {options.install}; run 'mvn package -DskipTests' first, or use --install")
    rounds = 3 if options.quick else options.rounds
    print(f"{describe_machine(options.threads)}\n{describe_installation(options.install)}\n{describe_file(options.model)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="rbees-start-") as folder:
        options.model, options.install = options.model.resolve(), options.install.resolve()
        options.folder, options.home = Path(folder), Path(folder) / "home"
        options.slots, options.positions = SLOTS, POSITIONS
        programs = Programs(options, options.folder)
        missed = starts(programs, rounds) + imports(programs, rounds)
    print(f"\nload when it ended: {load()}")
    print("goals met" if not missed else "goals MISSED: " + "; ".join(missed))
    return 1 if missed else 0


sys.exit(main())

"""Our worker beside llama.cpp's own server, over HTTP, on the same files, in one run.

Both have the same threads, slots and positions for each slot, and answer the same prompts of exactly counted tokens greedily
with the same number of tokens. The two take turns; the median of the ratios of the rounds is judged, and more than 1 means
that rbees is ahead, in every row. Exit code 1 when it is behind in one of them.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from machine import describe_file, describe_installation, describe_llama, describe_machine, load
from servers import LlamaCpp, Rbees, Settings, end_on_sigterm
from streams import Client

SLOTS = 16
POSITIONS = 2304
REST_SECONDS = 0.3
DECODE_TOKENS = 64
STREAM_TOKENS = 96
STREAM_PROMPT = 64
BUSY_STREAMS = 4
BUSY_TOKENS = 8
BUSY_CPU = 0.05
# why: two texts of random words may begin with the same one
MAX_REUSED = 2
WORDS = """time year people way day man thing woman life child world school state family student group country problem hand
part place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power hour game
line end member law car city community name president team minute idea body information back parent face level office door
health person art war history party result change morning reason research girl guy moment air teacher force education""".split()


class Prompts:
    """Texts of exactly so many tokens, of random words, so that a server can reuse next to nothing."""

    def __init__(self, servers):
        self.servers = servers
        self.words = [word for word in WORDS if all(server.count(" " + word + " " + word) - server.count(" " + word) == 1
                                                    for server in servers)]
        if len(self.words) < 20:
            raise SystemExit("error: the model's tokenizer has too few of the known words as single tokens")
        self.extra = servers[0].count(" " + self.words[0]) - 1  # a token that begins every text
        self.random = random.Random(4)

    def make(self, tokens):
        text = "".join(" " + word for word in self.random.choices(self.words, k=tokens - self.extra))
        counts = [server.count(text) for server in self.servers]
        if counts != [tokens] * len(counts):
            raise SystemExit(f"error: a prompt that should have {tokens} tokens has {counts}")
        return text


class Bench:
    """Asks one server at a time, and checks that it did what it was asked."""

    def __init__(self):
        self.own_cpu = self.wall = 0.0

    def answers(self, server, texts, tokens, late=None):
        """All texts at once; with `late`, a text that comes, for one token, when the others are under way: its answer is last."""
        client = Client()
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            exchanges = [client.start(server.ask(text, tokens)) for text in texts]
            if late is not None:
                client.run(enough=lambda: all(e.tokens_seen >= BUSY_TOKENS for e in exchanges))
                exchanges.append(client.start(server.ask(late, 1)))
            client.run()
        finally:
            client.close()
        self.own_cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        answers = [server.answer(exchange) for exchange in exchanges]
        for answer, wanted in zip(answers, [tokens] * len(texts) + [1]):
            if answer.tokens != wanted or answer.cached > MAX_REUSED:
                raise SystemExit(f"error: {server.name} made {answer.tokens} tokens, not {wanted}, with {answer.cached} reused")
        return answers


class Prefill:
    def __init__(self, tokens):
        self.name, self.tokens = f"prefill {tokens}", tokens

    def texts(self, prompts):
        return [prompts.make(self.tokens)]

    def measure(self, bench, server, texts):
        answer, = bench.answers(server, texts, 1)
        return {self.name: self.tokens / (answer.first - answer.began)}


class Decode:
    def __init__(self, context):
        self.name, self.context = f"decode b=1, context {context}", context

    def texts(self, prompts):
        return [prompts.make(self.context)]

    def measure(self, bench, server, texts):
        answer, = bench.answers(server, texts, DECODE_TOKENS)
        return {self.name: (answer.tokens - 1) / (answer.last - answer.first)}


class Streams:
    def __init__(self, count):
        self.name, self.count = f"{count} streams together", count

    def texts(self, prompts):
        return [prompts.make(STREAM_PROMPT) for _ in range(self.count)]

    def measure(self, bench, server, texts):
        answers = bench.answers(server, texts, STREAM_TOKENS)
        began, ended = min(a.began for a in answers), max(a.ended for a in answers)
        return {self.name: sum(a.tokens for a in answers) / (ended - began)}


class UnderLoad:
    name = "first token under load"
    first = f"first token of a prompt of 512 beside {BUSY_STREAMS} streams, ms"
    gap = "longest gap in those streams meanwhile, ms"

    def texts(self, prompts):
        return [prompts.make(STREAM_PROMPT) for _ in range(BUSY_STREAMS)] + [prompts.make(512)]

    def measure(self, bench, server, texts):
        *running, late = bench.answers(server, texts[:-1], STREAM_TOKENS, late=texts[-1])
        return {self.first: (late.first - late.began) * 1000, self.gap: max(a.longest_gap for a in running) * 1000}


ROWS = [Prefill(128), Prefill(512), Decode(64), Decode(512), Decode(2048), Streams(4), Streams(8), Streams(16), UnderLoad()]
SMALLER_IS_BETTER = (", ms", ", s", ", MB")


class Table:
    """Pairs of measurements by the name of their row; prints a row as soon as it is complete."""

    def __init__(self):
        self.missed = []
        print("\n| measured | rbees | llama.cpp | rbees ahead by: median (least to greatest) | goal |\n| --- | --- | --- | --- | --- |")

    def row(self, name, pairs, goal=1.0):
        smaller = name.endswith(SMALLER_IS_BETTER)
        ratios = [theirs / ours if smaller else ours / theirs for ours, theirs in pairs]
        ratio = statistics.median(ratios)
        ours, theirs = (self.digits(statistics.median(side)) for side in zip(*pairs))
        spread = f" ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else ""
        print(f"| {name}{'' if smaller else ', tokens/s'} | {ours} | {theirs} | {ratio:.2f}{spread} | {goal or ''} |", flush=True)
        if goal is not None and ratio < goal:
            self.missed.append(f"{name}: {ratio:.2f} < {goal}")

    @staticmethod
    def digits(value):
        return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def start_seconds(kind, settings):
    with kind(settings) as server:
        return server.await_ready(server.is_ready)


def starts(table, settings, rounds):
    """The first start of ours imports the model; the later ones find it in the cache."""
    shutil.rmtree(settings.home, ignore_errors=True)
    settings.model.read_bytes()  # why: for both, the file is in the page cache
    first_ours, first_theirs = start_seconds(Rbees, settings), start_seconds(LlamaCpp, settings)
    table.row("first start, with the import, until ready, s", [(first_ours, first_theirs)], goal=None)
    table.row("start until ready, s", alternating(rounds, lambda kind: start_seconds(kind, settings), [Rbees, LlamaCpp]))


def alternating(rounds, measure, both):
    """Pairs of ours and theirs; who goes first changes with every round."""
    pairs = []
    for number in range(rounds):
        order = both if number % 2 == 0 else both[::-1]
        values = {id(one): measure(one) for one in order}
        pairs.append(tuple(values[id(one)] for one in both))
    return pairs


def speeds(table, bench, servers, rows, rounds, idle_cpu):
    prompts = Prompts(servers)
    for row in rows:
        for server in servers:  # warm-up
            row.measure(bench, server, row.texts(prompts))
        pairs = {}
        for number in range(rounds):
            texts = row.texts(prompts)
            results = {}
            for server in servers if number % 2 == 0 else servers[::-1]:
                time.sleep(REST_SECONDS)  # why: threads of both spin for a while after their last work
                other = servers[1 - servers.index(server)]
                cpu, wall = other.cpu_seconds(), time.perf_counter()
                results[server] = row.measure(bench, server, texts)
                idle_cpu[other.name].append((other.cpu_seconds() - cpu, time.perf_counter() - wall))
            for name in results[servers[0]]:
                pairs.setdefault(name, []).append(tuple(results[server][name] for server in servers))
        for name, both in pairs.items():
            table.row(name, both, goal=None if name == UnderLoad.gap else 1.0)


def memory(table, servers, when):
    table.row(f"memory {when}, MB", [tuple(server.memory("VmRSS") / 1e6 for server in servers)])


def compare(settings, rows, rounds, bench):
    """The table of one file; gives the goals that were missed."""
    print(f"\n### {settings.model.name}\n\n{describe_file(settings.model)}")
    table = Table()
    idle_cpu = {Rbees.name: [], LlamaCpp.name: []}
    starts(table, settings, rounds)
    with ExitStack() as stack:
        servers = [stack.enter_context(kind(settings)) for kind in (Rbees, LlamaCpp)]
        for server in servers:
            server.await_ready(server.is_ready)
        memory(table, servers, "when ready")
        speeds(table, bench, servers, rows, rounds, idle_cpu)
        memory(table, servers, "at the end")
        table.row("memory at most, MB", [tuple(server.memory("VmHWM") / 1e6 for server in servers)])
        anonymous = ", ".join(f"{server.name} {server.memory('RssAnon') / 1e6:.0f} MB" for server in servers)
    shares = {name: sum(cpu for cpu, _ in both) / sum(wall for _, wall in both) for name, both in idle_cpu.items()}
    print(f"\nmemory at the end without pages of files: {anonymous}; CPU of a server while the other is asked: "
          + ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
          + ("" if max(shares.values()) < BUSY_CPU else " — more than it should be: one disturbs the other"))
    return [f"{settings.model.name}: {missed}" for missed in table.missed]


def options():
    arguments = argparse.ArgumentParser(prog="run serve [MODEL.gguf ...]", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("models", nargs="+", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--install", type=Path, required=True, help="folder of rbees (default: deploy/target/rbees)")
    arguments.add_argument("--llama-server", type=Path, required=True, help=argparse.SUPPRESS)
    arguments.add_argument("--rounds", type=int, default=5, help="measurements of each row (default: 5)")
    arguments.add_argument("--quick", action="store_true", help="one round: shows that it works, the numbers say little")
    arguments.add_argument("--rows", default="", help="only the rows of speed with this in their names, for example 'streams'")
    arguments.add_argument("--threads", type=int, default=2, help="of each server (default: 2)")
    chosen = arguments.parse_args()
    for program in (chosen.install / "bin/rbees-workerd", chosen.llama_server):
        if not program.is_file():
            raise SystemExit(f"error: there is no {program}; run 'mvn package -DskipTests' first, or name a folder with --install")
    chosen.rounds = 1 if chosen.quick else chosen.rounds
    return chosen


def main():
    end_on_sigterm()
    chosen = options()
    bench = Bench()
    rows = [row for row in ROWS if chosen.rows in row.name]
    if not rows:
        raise SystemExit(f"error: no row has '{chosen.rows}' in its name; there are: " + "; ".join(row.name for row in ROWS))
    print(f"{describe_machine(chosen.threads)}\n{describe_installation(chosen.install)}\n{describe_llama()}\n"
          f"- each server: {SLOTS} slots of {POSITIONS} positions; {chosen.rounds} rounds", flush=True)
    missed = []
    with tempfile.TemporaryDirectory(prefix="rbees-serve-") as folder:
        for model in chosen.models:
            settings = Settings(model.resolve(), chosen.threads, SLOTS, POSITIONS, Path(folder), chosen.install.resolve(),
                                chosen.llama_server.resolve(), Path(folder) / "home")
            missed += compare(settings, rows, chosen.rounds, bench)
    print(f"\nthe client took {bench.own_cpu / bench.wall:.1%} of one core; load when it ended: {load()}")
    print("ahead in every row" if not missed else "BEHIND in: " + "; ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

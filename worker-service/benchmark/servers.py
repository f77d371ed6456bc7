"""The two servers of the comparison, each in a process of its own: rbees-workerd as installed, and llama.cpp's llama-server."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from streams import Exchange, call

START_SECONDS = 300
STOP_SECONDS = 40
POLL_SECONDS = 0.005
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Answer:
    """What a client saw of one answer; times in seconds.

    began: request sent. first, last: arrival of the first and last event with a token. ended: arrival of the last event.
    tokens, prompt_tokens, cached: as the server counts them. longest_gap: between two events with tokens.
    """
    began: float
    first: float
    last: float
    ended: float
    tokens: int
    prompt_tokens: int
    cached: int
    longest_gap: float


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_on_sigterm():
    """Lets SIGTERM end this program as an exception does, so that it ends the processes it started."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit(143)))


class Process:
    """A program that was started here and is ended here, with its messages in a file."""

    def __init__(self, name, command, log, environment=None, cores=None):
        """`cores`: the ones it may use, None for all."""
        self.name, self.log = name, Path(log)
        # why: taskset of the kernel, inherited by the child; the parent takes its own cores back at once
        mine = os.sched_getaffinity(0)
        with open(self.log, "wb") as out:
            try:
                if cores is not None:
                    os.sched_setaffinity(0, cores)
                self.began = time.perf_counter()
                self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                              env=environment)
            finally:
                os.sched_setaffinity(0, mine)

    def await_ready(self, ready):
        """Polls until `ready()` says so; gives the seconds from the start of the process."""
        while time.perf_counter() - self.began < START_SECONDS:
            if self.child.poll() is not None:
                raise SystemExit(f"error: {self.name} ended with {self.child.returncode}:\n{self.last_words()}")
            if ready():
                return time.perf_counter() - self.began
            time.sleep(POLL_SECONDS)
        raise SystemExit(f"error: {self.name} is not ready after {START_SECONDS} s:\n{self.last_words()}")

    def last_words(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def memory(self, key):
        """Bytes: VmRSS now, VmHWM at most so far, RssAnon without pages of files."""
        for line in Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
        raise SystemExit(f"error: the kernel does not say {key} of {self.name}")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return self.child.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Server(Process):
    """What both servers have in common; a subclass knows its command line and its requests."""

    def __init__(self, settings, command, environment=None):
        self.settings, self.port = settings, free_port()
        super().__init__(self.name, command(self.port), settings.folder / f"{self.name}.log", environment)
        self.jobs = 0

    def answer(self, exchange):
        raise NotImplementedError


@dataclass(frozen=True)
class Settings:
    """What both servers are told.

    positions: of one slot. install: the folder of our distribution. llama_server: the program. home: of our imports.
    """
    model: Path
    threads: int
    slots: int
    positions: int
    folder: Path
    install: Path
    llama_server: Path
    home: Path


def rbees_environment(home):
    """Without settings of the user's own, which would change what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RBEES_")}
    return {**kept, "RBEES_HOME": str(home)}


class Rbees(Server):
    name = "rbees"

    def __init__(self, settings):
        super().__init__(settings, lambda port: [
            str(settings.install / "bin/rbees-workerd"), "--model", str(settings.model), "--model-id", "model",
            "--port", str(port), "--threads", str(settings.threads), "--slots", str(settings.slots),
            "--context-length", str(settings.positions)], rbees_environment(settings.home))

    def is_ready(self):
        health = call(self.port, "/health")
        return health is not None and health["status"] == "ready"

    def count(self, text):
        return len(call(self.port, "/tokenize", {"prompt": text})["tokens"])

    def ask(self, text, tokens):
        self.jobs += 1
        return Exchange(self.port, "/execute", {"job_id": f"job-{self.jobs}", "prompt": text, "max_tokens": tokens,
                                                "temperature": 0, "ignore_eos": True}, b"event: token")

    def answer(self, exchange):
        events = exchange.events()
        if not events or events[-1][1] != "end":
            raise SystemExit(f"error: the answer of {self.name} ends with {events[-1:]}")
        end = events[-1][2]
        return measured(exchange, [when for when, name, _ in events if name == "token"], events[-1][0], end["tokens_out"],
                        end["tokens_in"], end["tokens_cached"])


class LlamaCpp(Server):
    name = "llama.cpp"

    def __init__(self, settings):
        super().__init__(settings, lambda port: [
            str(settings.llama_server), "--model", str(settings.model), "--host", "127.0.0.1", "--port", str(port),
            "--threads", str(settings.threads), "--threads-batch", str(settings.threads), "--parallel", str(settings.slots),
            # a context is that of all slots together; nothing is kept of earlier prompts, and nothing looked up elsewhere
            "--ctx-size", str(settings.slots * settings.positions), "--no-kv-unified", "--cache-ram", "0", "--offline",
            "--no-ui"])

    def is_ready(self):
        return call(self.port, "/health") is not None

    def count(self, text):
        return len(call(self.port, "/tokenize", {"content": text, "add_special": True})["tokens"])

    def ask(self, text, tokens):
        # one sampler that leaves one token: the cheapest way to be greedy
        return Exchange(self.port, "/completion", {
            "prompt": text, "n_predict": tokens, "temperature": 0, "top_k": 1, "samplers": ["top_k"], "ignore_eos": True,
            "cache_prompt": False, "stream": True}, b"data: ")

    def answer(self, exchange):
        events = exchange.events()
        if not events or not events[-1][2].get("stop"):
            raise SystemExit(f"error: the answer of {self.name} ends with {events[-1:]}")
        end = events[-1][2]
        return measured(exchange, [when for when, _, data in events if not data["stop"]], events[-1][0],
                        end["tokens_predicted"], end["tokens_evaluated"], end["timings"]["cache_n"])


def measured(exchange, arrivals, ended, tokens, prompt_tokens, cached):
    # an answer whose only token is half a character has no event for it but the last
    arrivals = arrivals or [ended]
    gaps = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
    return Answer(exchange.began, arrivals[0], arrivals[-1], ended, tokens, prompt_tokens, cached, max(gaps, default=0))

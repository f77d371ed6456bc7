"""The two engines of the comparisons: ours through its probe program, and llama.cpp through llama-cpp-python."""

import ctypes
import json
import os
import subprocess
import tempfile
import time

import llama_cpp
import numpy as np


class Ours:
    """Our engine in a child process that answers one JSON line for each JSON line."""

    def __init__(self, model, folder, threads, rows, positions):
        command = [os.environ["RBEES_BENCH_JAVA"], "--enable-native-access=ALL-UNNAMED",
                   "dev.rbees.worker.benchmark.EngineProbe", model, folder, str(threads), str(rows), str(positions)]
        environment = {**os.environ, "CLASSPATH": os.environ["RBEES_BENCH_CLASSES"]}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
                                        env=environment)
        self.start = self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("our engine ended; its messages are above")
        return json.loads(line)

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._read()

    def tokenize(self, text):
        return self.ask(op="tokenize", text=text)["tokens"]

    def forced(self, prompt, continuation):
        """The logits after the prompt, and after each token of the continuation."""
        with tempfile.NamedTemporaryFile() as scratch:
            rows = self.ask(op="forced", prompt=prompt, continuation=continuation, file=scratch.name)["rows"]
            return np.fromfile(scratch.name, dtype="<f4").reshape(rows, -1)

    def prefill_seconds(self, tokens):
        return self.ask(op="prefill", tokens=tokens)["ms"] / 1000

    def decode_seconds(self, context, rows, steps):
        return self.ask(op="decode", tokens=context, rows=rows, steps=steps)["ms"] / 1000

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


QUIET = llama_cpp.llama_log_callback(lambda *_: None)


class LlamaCpp:
    """llama.cpp with its own defaults, except for the number of threads and the sizes that a comparison needs."""

    def __init__(self, model, threads, rows, positions, exact_attention=False):
        llama_cpp.llama_log_set(QUIET, None)
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(model.encode(), llama_cpp.llama_model_default_params())
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_seq_max = rows * positions, rows
        params.n_batch, params.n_ubatch = 2048, 512
        params.n_threads = params.n_threads_batch = threads
        if exact_attention:
            # keys and values of 32 bits, and no flash attention, which would round them to 16
            params.type_k = params.type_v = llama_cpp.GGML_TYPE_F32
            params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.words = llama_cpp.llama_model_get_vocab(self.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(self.words)

    def tokenize(self, text):
        data = text.encode("utf-8")
        tokens = (llama_cpp.llama_token * (len(data) + 1))()
        count = llama_cpp.llama_tokenize(self.words, data, len(data), tokens, len(tokens), False, True)
        return list(tokens[:count])

    def clear(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)

    def feed(self, entries):
        """Decodes one batch of (token, position, sequence, whether its logits are wanted)."""
        batch = llama_cpp.llama_batch_init(len(entries), 0, 1)
        try:
            batch.n_tokens = len(entries)
            for i, (token, position, sequence, wanted) in enumerate(entries):
                batch.token[i], batch.pos[i] = token, position
                batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = 1, sequence, wanted
            if llama_cpp.llama_decode(self.context, batch) != 0:
                raise SystemExit("llama_decode failed")
        finally:
            llama_cpp.llama_batch_free(batch)

    def logits(self, index):
        pointer = llama_cpp.llama_get_logits_ith(self.context, index)
        return np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (self.vocabulary,))

    def prompt(self, tokens, sequence=0):
        self.feed([(t, i, sequence, i == len(tokens) - 1) for i, t in enumerate(tokens)])

    def follow(self, prompt, count, choose):
        """Feeds the prompt and so many tokens, each chosen from its index and the logits before it.

        Returns those tokens, and the logits before each of them and after the last.
        """
        self.clear()
        self.prompt(prompt)
        rows, tokens = [self.logits(-1).copy()], []
        for i in range(count):
            tokens.append(choose(i, rows[-1]))
            self.feed([(tokens[-1], len(prompt) + i, 0, True)])
            rows.append(self.logits(-1).copy())
        return tokens, np.stack(rows)

    def greedy(self, prompt, count, banned):
        """The best continuation of so many tokens, none of them banned, with its logits."""
        def best(_, scores):
            allowed = scores.copy()
            allowed[banned] = -np.inf
            return int(allowed.argmax())
        return self.follow(prompt, count, best)

    def forced(self, prompt, continuation):
        """The logits after the prompt, and after each token of the continuation."""
        return self.follow(prompt, len(continuation), lambda i, _: continuation[i])[1]

    def prefill_seconds(self, tokens):
        self.clear()
        start = time.perf_counter()
        self.prompt(tokens)
        self.logits(-1)
        return time.perf_counter() - start

    def decode_seconds(self, context, rows, steps):
        self.clear()
        for row in range(rows):
            self.prompt(context, row)
        tokens = [context[0]] * rows
        start = time.perf_counter()
        for step in range(steps):
            self.feed([(tokens[row], len(context) + step, row, True) for row in range(rows)])
            tokens = [int(self.logits(row).argmax()) for row in range(rows)]
        return time.perf_counter() - start

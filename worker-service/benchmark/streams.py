"""A client that times streamed HTTP answers: one thread, no parsing while it measures, so that it takes next to no CPU.

Times are those at which bytes came in, of time.perf_counter().
"""

import json
import selectors
import socket
import time

RECEIVE_BYTES = 1 << 16


class Exchange:
    """One POST and its streamed answer, of which the body is server-sent events in chunked transfer coding."""

    def __init__(self, port, path, body, token_mark):
        """`token_mark` is in the body once for each token, or nearly so: it is only for waiting until tokens flow."""
        data = json.dumps(body).encode()
        head = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n")
        self.path, self.token_mark = path, token_mark
        self.arrivals = []
        self.tokens_seen = 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = time.perf_counter()
        self.socket.sendall(head.encode() + data)
        self.socket.setblocking(False)

    def receive(self):
        """Takes what is there; gives whether the answer goes on."""
        data = self.socket.recv(RECEIVE_BYTES)
        if data:
            self.arrivals.append((time.perf_counter(), data))
            self.tokens_seen += data.count(self.token_mark)
        return bool(data)

    def events(self):
        """The time and the fields of each event. Raises SystemExit when the answer is none."""
        whole = b"".join(data for _, data in self.arrivals)
        head, _, _ = whole.partition(b"\r\n\r\n")
        status = head.split(b"\r\n", 1)[0].decode(errors="replace")
        if " 200 " not in status + " " or b"chunked" not in head.lower():
            raise SystemExit(f"error: {self.path} answers {whole[:500].decode(errors='replace')!r}")
        ends = []  # of the bytes received so far, with the time
        total = 0
        for when, data in self.arrivals:
            total += len(data)
            ends.append((total, when))
        return list(self._parse(whole, len(head) + 4, ends))

    @staticmethod
    def _parse(whole, at, ends):
        """An event has come when the last byte of its chunk has."""
        pending, arrival = b"", 0
        while at < len(whole):
            line_end = whole.index(b"\r\n", at)
            size = int(whole[at:line_end].split(b";")[0], 16)
            if size == 0:
                return
            at = line_end + 2 + size
            pending += whole[line_end + 2:at]
            while ends[arrival][0] < at:
                arrival += 1
            *frames, pending = pending.split(b"\n\n")
            for frame in frames:
                fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line)
                if b"data" in fields and fields[b"data"] != b"[DONE]":
                    yield ends[arrival][1], fields.get(b"event", b"").decode(), json.loads(fields[b"data"])
            at += 2


class Client:
    """Runs exchanges side by side."""

    def __init__(self, patience_seconds=300):
        self.patience = patience_seconds
        self.selector = selectors.DefaultSelector()
        self.open = set()

    def start(self, exchange):
        self.selector.register(exchange.socket, selectors.EVENT_READ, exchange)
        self.open.add(exchange)
        return exchange

    def run(self, enough=lambda: False):
        """Until every answer has ended, or `enough` says so."""
        deadline = time.monotonic() + self.patience
        while self.open and not enough():
            ready = self.selector.select(timeout=1)
            for key, _ in ready:
                if not key.data.receive():
                    self._drop(key.data)
            if time.monotonic() > deadline:
                raise SystemExit(f"error: {next(iter(self.open)).path} has not ended after {self.patience} s")

    def _drop(self, exchange):
        self.selector.unregister(exchange.socket)
        exchange.socket.close()
        self.open.discard(exchange)

    def close(self):
        for exchange in list(self.open):
            self._drop(exchange)
        self.selector.close()


def call(port, path, body=None, timeout=30, any_status=False):
    """One whole JSON answer; None where nothing listens or the status is not 200. With `any_status`, whether there is an answer."""
    data = b"" if body is None else json.dumps(body).encode()
    head = (f"{'GET' if body is None else 'POST'} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(head.encode() + data)
            parts = iter(lambda: connection.recv(RECEIVE_BYTES), b"")
            answer = b"".join(parts)
    except OSError:
        return None
    if any_status:
        return answer.startswith(b"HTTP/")
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200" not in head.split(b"\r\n", 1)[0]:
        return None
    return json.loads(body)

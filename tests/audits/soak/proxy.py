"""A proxy that damages what passes through it, byte by byte, as a seed says.

What becomes of a request is a function of the seed, the request's own id (or its path) and how often it has come, so
that a run with the same seed meets the same faults whatever its threads do.
"""

from __future__ import annotations

import gzip
import random
import re
import socket
import time
from collections import Counter
from contextlib import suppress
from typing import Final, Literal, get_args

from attrs import define, field, frozen

from tests.runtime.wire.listener import Listener, read_message, resets
from tests.runtime.wire.reply import PATIENCE, interim

Fault = Literal[
    "none",
    "reset before it is read",
    "request cut at a byte",
    "answer cut at a byte",
    "503 after it took effect",
    "429",
    "401",
    "drip",
    "interim answers",
    "gzip members",
    "bytes behind gzip",
    "an answer that nobody asked for",
    "503 and bytes behind it",
]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)[1:]
TOKENS: Final = "/token"
"""The path of a token endpoint, which is hit as well."""
_ID: Final = re.compile(rb'"requestId":"([^"]+)"')
_INTERIM: Final = ("100 Continue", "102 Processing", "103 Early Hints", "102 Processing", "199 Another")
_STOLEN: Final = b'{"name": "projects/soak/operations/STOLEN", "done": false}'
_STRAY: Final = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(_STOLEN),
    _STOLEN,
)
"""An answer to nothing: whoever takes it for theirs has an operation that nobody started."""
_PIECES: Final = 12
_PAUSE: Final = 0.01
"""Seconds between two pieces of an answer that drips, at the most."""


@frozen
class Fate:
    """What becomes of one request: the fault, and a number in [0, 1) that says where it strikes."""

    fault: Fault
    place: float


@define(eq=False)
class FaultProxy(Listener):
    """Passes requests on to a server on loopback. `share` of them are hit by a fault."""

    upstream: tuple[str, int]
    seed: int
    share: float = 0.3
    faults: Counter[str] = field(factory=Counter)
    token_faults: int = 0
    """How many of these hit the token endpoint."""
    _seen: Counter[bytes] = field(factory=Counter)

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def fate(self, request: bytes) -> Fate:
        """What becomes of a request that has come."""
        found = _ID.search(request)
        key = found[1] if found else request.partition(b"\r\n")[0]
        with self._lock:
            self._seen[key] += 1
            count = self._seen[key]
        chance = random.Random(f"{self.seed}:{key!r}:{count}")  # noqa: S311 - faults, not secrets
        fault: Fault = chance.choice(FAULTS) if chance.random() < self.share else "none"
        with self._lock:
            self.faults[fault] += 1
            self.token_faults += fault != "none" and key.startswith(b"POST " + TOKENS.encode())
        return Fate(fault, chance.random())

    def _serve(self, sock: socket.socket) -> None:
        try:
            with suppress(OSError, ValueError):
                while (request := read_message(sock)) is not None and self._passed_on(sock, request):
                    pass
        finally:
            self._drop(sock)

    def _passed_on(self, sock: socket.socket, request: bytes) -> bool:
        """Whether the connection lives on."""
        fate = self.fate(request)
        if fate.fault == "reset before it is read":
            return _reset(sock)
        if fate.fault in ("429", "401"):
            status = "429 Too Many Requests" if fate.fault == "429" else "401 Unauthorized"
            sock.sendall(_refusal(status))
            return True
        with socket.create_connection(self.upstream, PATIENCE) as server:
            if fate.fault == "request cut at a byte":
                server.sendall(request[: int(fate.place * len(request))])
                return _reset(sock)
            server.sendall(request)
            answer = read_message(server)
        if answer is None:
            return _reset(sock)
        if fate.fault.startswith("503"):
            # The connection lives on, with bytes on it that the next answer must not begin with.
            behind = _STRAY if fate.fault.endswith("behind it") else b""
            sock.sendall(_refusal("503 Service Unavailable") + behind)
            return True
        answer = _dressed(answer, fate)
        if fate.fault == "answer cut at a byte":
            sock.sendall(answer[: int(fate.place * len(answer))])
            return _reset(sock)
        if fate.fault != "drip":
            sock.sendall(answer)
            return True
        size = len(answer) // _PIECES + 1
        for start in range(0, len(answer), size):
            sock.sendall(answer[start : start + size])
            time.sleep(fate.place * _PAUSE)
        return True


def _dressed(answer: bytes, fate: Fate) -> bytes:
    """An answer with what may come before it, with the packing that it may have, and with what may not come behind it."""
    if fate.fault == "interim answers":
        return (
            b"".join(interim(status) for status in _INTERIM[: 1 + int(fate.place * len(_INTERIM))]) + answer
        )
    if fate.fault == "an answer that nobody asked for":
        return answer + _STRAY
    if fate.fault not in ("gzip members", "bytes behind gzip"):
        return answer
    head, _, body = answer.partition(b"\r\n\r\n")
    middle = int(fate.place * len(body))
    packed = gzip.compress(body[:middle]) + gzip.compress(body[middle:])
    if fate.fault == "bytes behind gzip":
        packed += b"x"
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    lines += [b"content-encoding: gzip", b"content-length: %d" % len(packed)]
    return b"\r\n".join([*lines, b"", packed])


def _reset(sock: socket.socket) -> bool:
    resets(sock)
    return False


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}".encode()

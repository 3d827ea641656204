"""A deadline held at the socket, and answers read within it: every wait of a call gets what is left."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterable, Sequence
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final, cast

from attrs import frozen

LOWEST: Final = 0.001
"""Seconds below which waiting is not worth a system call."""
BUFFER: Final = 16 * 1024
"""Bytes that are read ahead; a body is read past it."""
LONGEST: Final = 1_000_000.0
"""Seconds of a single wait: the system's own limit is a little above."""
INTERIM: Final = 100
"""Interim answers (1xx) that are read past before the answer itself."""
INTERIM_BYTES: Final = 256 * 1024
"""Bytes that the heads of the interim answers may have together."""
_START: Final = "HTTP/1."
"""How the status line of an answer starts, which may be cut off even before that."""


@frozen
class Deadline:
    """An instant of a clock, or none."""

    at: float | None
    now: Callable[[], float]
    silence: float | None = None
    """Seconds that a single wait may take at the most."""

    def left(self) -> float | None:
        """Seconds that a wait may take, from 0 to `LONGEST`; None without a deadline."""
        return None if self.at is None else min(max(0.0, self.at - self.now()), LONGEST)

    def within(self, seconds: float | None) -> Deadline:
        """This deadline, or one in so many seconds when that is earlier; no limit of silence."""
        if seconds is None:
            return Deadline(self.at, self.now)
        end = self.now() + seconds
        return Deadline(end if self.at is None else min(self.at, end), self.now)

    def check(self) -> float | None:
        """Return what is left, as `left` does. Raises TimeoutError when that is not worth a wait."""
        left = self.left()
        if left is not None and left < LOWEST:
            raise TimeoutError("the call's deadline is reached")
        return left

    def arm(self, sock: socket.socket) -> None:
        """Let the next operation of a socket take what is left. Raises TimeoutError when nothing is."""
        left = self.check()
        if self.silence is not None:
            left = self.silence if left is None else min(left, self.silence)
        sock.settimeout(left)


def connected(
    host: str,
    port: int,
    options: Iterable[tuple[int, int, int | bytes]],
    deadline: Deadline,
    resolve: Callable[..., Sequence[Any]] = socket.getaddrinfo,
) -> socket.socket:
    """A connection to the first address of a host that takes one; each gets an even share of the time left.

    Resolving the name is the system's, and not bounded. Raises OSError.
    """
    addresses = resolve(host.strip("[]"), port, type=socket.SOCK_STREAM)
    failures: list[OSError] = []
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            for option in options:
                sock.setsockopt(*option)
            deadline.arm(sock)
            share = sock.gettimeout()
            sock.settimeout(None if share is None else share / (len(addresses) - tried))
            sock.connect(address)
            # For the handshake and the proxy.
            deadline.arm(sock)
        except OSError as error:
            sock.close()
            failures.append(error)
        else:
            return sock
    raise failures[-1] if failures else OSError("the name has no address")


class _Reader(io.RawIOBase):
    """The raw bytes of a socket, each read within the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)
        self.ended = False
        self.stopped = False
        """Nothing more is read from the socket."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.stopped:
            return None
        self._deadline.arm(self._sock)
        count = self._raw.readinto(buffer)
        self.ended = self.ended or count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """What `http.client` asks a socket for when it reads a response."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.reader = _Reader(sock, deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self.reader, BUFFER)


class BrokenAnswer(HTTPException):
    """An answer that breaks HTTP in a way that `http.client` lets pass. Its text quotes nothing of the answer."""


class BoundedResponse(HTTPResponse):
    """A response whose head and body are read within a deadline.

    Interim answers are read past (RFC 9110 15.2). Raises HTTPException for what `http.client` lets pass: a head cut
    off, a length in doubt, a switch of protocols.
    """

    surplus = False
    """Whether bytes came behind the end of the response; known once it was read."""

    def __init__(self, sock: socket.socket, deadline: Deadline, *args: Any, **kwargs: Any) -> None:
        source = _Socket(sock, deadline)
        super().__init__(source, *args, **kwargs)  # type: ignore[arg-type] # only makefile is used
        self._reader = source.reader

    def begin(self) -> None:
        """Read the head."""
        try:
            super().begin()
        except BadStatusLine as error:
            line = str(error.args[0])
            if line and self._reader.ended and (line.startswith(_START) or _START.startswith(line)):
                raise IncompleteRead(b"") from error
            raise
        if self._reader.ended:
            raise IncompleteRead(b"")
        lengths = set(self.headers.get_all("content-length", ()))
        codings = [coding.lower() for coding in self.headers.get_all("transfer-encoding", ())]
        if len(lengths) + bool(codings) > 1 or codings not in ([], ["chunked"]):
            raise BrokenAnswer("more than one way to tell where the answer ends")
        if not all(length.isascii() and length.isdigit() for length in lengths):
            raise BrokenAnswer("a length that is no number")
        if self.status in (204, 304) and (codings or lengths - {"0"}):
            # There is no body to read, but one may follow (RFC 9112 6.3).
            self.chunked, self.will_close = False, True

    def _read_status(self) -> tuple[str, int, str]:
        room = INTERIM_BYTES
        for _ in range(INTERIM + 1):
            line = cast("tuple[str, int, str]", super()._read_status())  # type: ignore[misc] # missing from the stubs
            status = line[1]
            if not 100 <= status < 200:
                return line
            if status == 101:
                raise BrokenAnswer("a switch of protocols that nobody asked for")
            room = self._skip_head(room)
        raise BrokenAnswer(f"more than {INTERIM} interim answers")

    def _skip_head(self, room: int) -> int:
        """Read past the headers of an interim answer; return what is left of the bytes they may have."""
        line = b""
        while line not in (b"\r\n", b"\n"):
            line = self.fp.readline(room + 1)
            room -= len(line)
            if room < 0:
                raise BrokenAnswer(f"interim answers of more than {INTERIM_BYTES} bytes")
            if not line:
                raise IncompleteRead(b"")
        return room

    def _close_conn(self) -> None:
        # What was read ahead goes with the buffer: the connection's next user would never see it.
        self._reader.stopped = True
        self.surplus = bool(self.fp.peek(1))
        super()._close_conn()  # type: ignore[misc] # missing from the stubs

    def _read_next_chunk_size(self) -> int:
        size = int(super()._read_next_chunk_size())  # type: ignore[misc] # missing from the stubs
        if size < 0:
            self._close_conn()
            raise ValueError("a chunk size below zero")
        return size

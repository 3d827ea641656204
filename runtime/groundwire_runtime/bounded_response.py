"""Responses that are read within a deadline, and held to HTTP."""

from __future__ import annotations

import io
import socket
from contextlib import suppress
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final, cast

from .clock import Deadline

BUFFER: Final = 16 * 1024  # bytes of the head that are read ahead; a body bypasses the buffer
INTERIM: Final = 100  # interim responses (1xx) that are skipped
INTERIM_BYTES: Final = 256 * 1024  # bytes of their heads together

_LISTS: Final = frozenset(
    {"accept-ranges", "allow", "cache-control", "link", "vary", "warning", "www-authenticate"}
)


class _Reader(io.RawIOBase):
    """The raw bytes of a socket, each read within the deadline. Looks like a socket to `http.client`."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self.deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)
        self.ended = False
        self.stopped = False  # True once nothing more may be read from the socket

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self, BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.stopped:
            return None
        self.deadline.arm(self._sock)
        count = self._raw.readinto(buffer)
        self.ended = self.ended or count == 0
        return count

    def shut(self) -> None:
        with suppress(OSError):
            # Not the method of TLS, which would change what the other thread uses.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BrokenAnswer(HTTPException):
    """A response that breaks HTTP in a way that `http.client` accepts. The text quotes nothing of it."""


class BoundedResponse(HTTPResponse):
    """A response that is read within a deadline, behind its interim responses (RFC 9110 15.2). Raises HTTPException.

    It rejects what `http.client` accepts: a truncated head, an ambiguous length, a switch of protocols.
    """

    surplus = False  # True if bytes follow the end of the response; known once it was read

    def __init__(self, sock: socket.socket, deadline: Deadline, *args: Any, **kwargs: Any) -> None:
        self._reader = _Reader(sock, deadline)
        super().__init__(self._reader, *args, **kwargs)  # type: ignore[arg-type] # only makefile is used

    def read_until(self, deadline: Deadline) -> None:
        """Read the rest within another deadline."""
        self._reader.deadline = deadline

    def shut(self) -> None:
        """End the connection under a thread that reads from it."""
        self._reader.shut()

    @property
    def joined_headers(self) -> dict[str, str]:
        """The headers by their names in lower case; the lines of a list are one value (RFC 9110 5.3), else the last counts."""
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in _LISTS and key in headers else value
        return headers

    def begin(self) -> None:
        """Read the head."""
        try:
            super().begin()
        except BadStatusLine as error:
            line = str(error.args[0])
            if line and self._reader.ended and (line.startswith("HTTP/1.") or "HTTP/1.".startswith(line)):
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
            self.chunked, self.will_close = False, True  # a body may follow all the same (RFC 9112 6.3)

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
        """Skip the headers of an interim response; return the bytes left of `room`."""
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
        self._reader.stopped = True  # bytes read ahead go with the buffer: the next user would never see them
        self.surplus = bool(self.fp.peek(1))
        super()._close_conn()  # type: ignore[misc] # missing from the stubs

    def _read_next_chunk_size(self) -> int:
        size = int(super()._read_next_chunk_size())  # type: ignore[misc] # missing from the stubs
        if size < 0:
            self._close_conn()
            raise ValueError("a chunk size below zero")
        return size

"""Read the body of a response: decompress it within bounds, check that it is complete, count its size."""

from __future__ import annotations

import json
import mmap
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any, Final, Protocol, Self

from attrs import define, field, frozen

from .clock import renew_after_fork
from .errors import ResponseTooLarge, TransportError

PIECE: Final = 256 * 1024
"""Bytes read, or decompressed, at a time."""
FED: Final = 16 * 1024
"""Compressed bytes passed to zlib at a time; it copies what follows a member."""
MEMBERS: Final = 1_000  # of a gzip body
_ENCODINGS: Final = frozenset(
    ["br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "identity", "x-gzip", "zstd"]
)
"""Registered content codings; an error quotes no other, which may repeat what was sent. Source: IANA, HTTP Parameters."""
BLOCK: Final = 1024 * 1024  # bytes that a buffer allocates at a time


@define(eq=False)
class Budget:
    """`most` bytes for the calls of one client together. Thread-safe, and empty after a fork."""

    most: float
    held: int = field(default=0, init=False)
    lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Forget the bytes that the parent's threads hold."""
        self.held, self.lock = 0, threading.Lock()


UNBOUNDED: Final = Budget(inf)


@define(eq=False)
class Reservation:
    """The bytes of a budget that one call holds. For one thread."""

    budget: Budget = UNBOUNDED
    held: int = field(default=0, init=False)

    def grow(self, size: int) -> bool:
        """Hold more bytes; return False, and hold no more than before, where they do not fit."""
        budget = self.budget
        with budget.lock:
            if budget.held + size > budget.most:
                return False
            budget.held += size
        self.held += size
        return True

    def release(self) -> None:
        """Give all bytes back."""
        budget = self.budget
        if self.held:
            with budget.lock:
                # After a fork, a call of the forking thread gives back bytes that are no longer counted.
                budget.held = max(0, budget.held - self.held)
            self.held = 0


class Buffer:
    """Growing bytes, in memory that returns to the system when the buffer is closed.

    malloc keeps freed memory for each thread: many large responses would cost a multiple of the budget.
    """

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []
        self._blocks: list[mmap.mmap] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pieces.clear()
        while self._blocks:
            self._blocks.pop().close()

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self.size += len(data)
        self._pieces.append(data)
        if self.size > BLOCK:
            for piece in self._pieces:
                self._fill(memoryview(piece))
            self._pieces.clear()

    def getvalue(self) -> bytes:
        """Return all bytes; a copy when there are many."""
        if not self._blocks:
            return b"".join(self._pieces)
        last = self._blocks[-1]
        return b"".join([*self._blocks[:-1], last[: last.tell()]])

    def _fill(self, data: memoryview) -> None:
        while data:
            if not self._blocks or self._blocks[-1].tell() == BLOCK:
                self._blocks.append(mmap.mmap(-1, BLOCK))
            block = self._blocks[-1]
            room = BLOCK - block.tell()
            block.write(data[:room])
            data = data[room:]


class Readable(Protocol):
    """A response whose head was read."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    def read(self, amt: int | None = None) -> bytes:
        """Return at most `amt` bytes more, none at the end; all that are left without a number."""
        ...

    def read1(self, n: int = -1) -> bytes:
        """Return at most `n` bytes that have come, none at the end."""
        ...


class _Members:
    """The members of a gzip body, one after the other (RFC 1952 2.2). `name` starts each error."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 1
        self._taken = 0
        self._member: Any = _new_member()

    def unpacked(self, raw: bytes) -> Iterator[bytes]:
        """Yield what compressed bytes hold, at most PIECE bytes at a time. Raises TransportError."""
        self._taken += len(raw)
        try:
            for start in range(0, len(raw), FED):
                yield from self._unpacked(raw[start : start + FED])
        except zlib.error as error:
            raise self._fault("the answer is damaged") from error

    def check_whole(self, length: int) -> None:
        """Raise TransportError unless `length` bytes came, 0 where it is unknown, and the last member ended."""
        if self._taken < length or (self._taken and not self._member.eof):
            raise self._fault("the answer was cut off")

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                self._begin_another(data)
            full = False
            while (data or full) and not self._member.eof:
                piece: bytes = self._member.decompress(data, PIECE)
                data, full = self._member.unconsumed_tail, len(piece) == PIECE
                yield piece
            data = self._member.unused_data

    def _begin_another(self, data: bytes) -> None:
        if data[:1] != b"\x1f":
            raise self._fault("bytes follow the compressed answer")
        self._count += 1
        if self._count > MEMBERS:
            raise self._fault(f"more than {MEMBERS} members", retryable=False)
        self._member = _new_member()

    def _fault(self, text: str, *, retryable: bool = True) -> TransportError:
        message = f"{self._name}: content-encoding gzip: {text}"
        return TransportError(message, sent=True, retryable=retryable)


def _new_member() -> Any:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


@frozen
class BodyReader:
    """Reads a body of at most `most` bytes, decompressed, into `reservation`. `name` starts each error."""

    name: str
    most: int
    reservation: Reservation
    check_deadline: Callable[[], object]
    """Called before each piece; raises TimeoutError past the deadline."""

    def read(self, answer: Readable, headers: Mapping[str, str], *, head_only: bool) -> bytes:
        """Return the whole body. Raises ResponseTooLarge, TransportError and TimeoutError."""
        length = headers.get("content-length", "")
        if len(length) > 18 or int(length or 0) > self.most:
            raise self._too_large()
        # An earlier attempt of the call has dropped its body.
        self.reservation.release()
        if head_only or answer.status in (204, 304):
            # A length says how much another request would get.
            return answer.read()
        members = self._members(headers)
        try:
            if length and members is None:
                # Bounded by the check above, and http.client finds a missing end.
                self._hold(int(length))
                return answer.read()
            # A traceback keeps the frames of a failure: free the buffer even then.
            with Buffer() as body:
                self._read_pieces(answer, members, body)
                if members is not None:
                    members.check_whole(int(length or 0))
                if not length and "transfer-encoding" not in headers:
                    self._check_json(body, headers, answer.status)
                return body.getvalue()
        except BaseException:
            self.reservation.release()
            raise

    def pieces(self, answer: Readable, headers: Mapping[str, str]) -> Iterator[bytes]:
        """Yield the body as it comes. Raises TransportError where it is cut, and TimeoutError."""
        members, length, taken = self._members(headers), int(headers.get("content-length") or 0), 0
        while raw := answer.read1(PIECE):
            taken += len(raw)
            self.check_deadline()
            yield from (raw,) if members is None else members.unpacked(raw)
        if members is not None:
            members.check_whole(length)
        elif taken < length:
            raise self._fault(f"the answer was cut off after {taken} of {length} bytes")
        answer.read()  # the connection is free once the end was read

    def _read_pieces(self, answer: Readable, members: _Members | None, body: Buffer) -> None:
        taken = 0
        while raw := answer.read(PIECE):
            taken += len(raw)
            for piece in (raw,) if members is None else members.unpacked(raw):
                self.check_deadline()
                if max(body.size + len(piece), taken) > self.most:
                    raise self._too_large()
                self._hold(len(piece))
                body.write(piece)

    def _members(self, headers: Mapping[str, str]) -> _Members | None:
        """Return a reader of a gzip body, None for a plain one. Raises TransportError for any other encoding."""
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            return _Members(self.name)
        if encoding not in ("identity", ""):
            known = all(each.strip() in _ENCODINGS for each in encoding.split(","))
            named = repr(encoding[:40]) if known else "of an unknown name"
            raise self._fault(f"content-encoding {named} was not asked for", retryable=False)
        return None

    def _check_json(self, body: Buffer, headers: Mapping[str, str], status: int) -> None:
        """Parse JSON that ends with its connection, since it may have been cut off. Raises TransportError."""
        if "json" not in headers.get("content-type", "").lower():
            return
        if not body.size and (status >= 300 or status == 205):
            # The status alone is the answer.
            return
        where = ""
        try:
            json.loads(body.getvalue())
            return
        except json.JSONDecodeError as error:
            where = f" at character {error.pos}"
        except (ValueError, RecursionError):
            pass
        raise self._fault(f"the answer was cut off or is not JSON{where}")

    def _hold(self, size: int) -> None:
        if not self.reservation.grow(size):
            budget = self.reservation.budget
            raise ResponseTooLarge(
                f"{self.name}: the answer does not fit beside those of other calls: "
                f"the client holds {budget.held} of {budget.most} bytes",
                sent=True,
                retryable=False,
                hint="Make fewer calls at a time, or raise Client(max_unpacked_bytes=...).",
            )

    def _too_large(self) -> ResponseTooLarge:
        return ResponseTooLarge(
            f"{self.name}: the answer has more than {self.most} bytes",
            sent=True,
            retryable=False,
            hint="Ask for less, or raise Client(max_response_bytes=...).",
        )

    def _fault(self, text: str, *, retryable: bool = True) -> TransportError:
        return TransportError(f"{self.name}: {text}", sent=True, retryable=retryable)

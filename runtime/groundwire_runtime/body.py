"""The body of an answer: read in pieces, unpacked within a bound, and known to be whole."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from .deadline import Deadline
from .errors import ResponseTooLarge, TransportError
from .http import Request
from .memory import Buffer

PIECE: Final = 256 * 1024
"""Bytes read, or unpacked, at a time."""
FED: Final = 16 * 1024
"""Compressed bytes unpacked at a time: what follows a member is copied, once for each member."""
MEMBERS: Final = 1_000
"""Members that a gzip body may have."""


class Readable(Protocol):
    """An answer whose head was read."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    def read(self, amt: int | None = None) -> bytes:
        """At most so many bytes more, none at the end; without a number, all."""
        ...


def read_body(
    answer: Readable, headers: Mapping[str, str], request: Request, most: int, deadline: Deadline
) -> bytes:
    """A body of at most `most` bytes, unpacked, held in the request's reservation.

    Raises ResponseTooLarge, TransportError, and TimeoutError past the deadline.
    """
    length = headers.get("content-length", "")
    if len(length) > 18 or int(length or 0) > most:
        raise _too_large(request, most)
    # What an earlier attempt of the call read is gone.
    request.reservation.release()
    if request.verb == "HEAD" or answer.status in (204, 304):
        # A length says how much another request would get.
        return answer.read()
    members = _members(headers, request)
    try:
        if length and members is None:
            # Bounded already, and known to be whole.
            _hold(int(length), request)
            return answer.read()
        # A traceback keeps the frames of a failure: the buffer is freed all the same.
        with Buffer() as body:
            _read_pieces(answer, members, body, request, most, deadline)
            if members is not None:
                members.check_whole(int(length or 0))
            if not length and "transfer-encoding" not in headers:
                _check_json(body, headers, request, answer.status)
            return body.getvalue()
    except BaseException:
        request.reservation.release()
        raise


def _read_pieces(
    answer: Readable,
    members: _Members | None,
    body: Buffer,
    request: Request,
    most: int,
    deadline: Deadline,
) -> None:
    """Write all that an answer holds, unpacked, to `body`."""
    size = taken = 0
    while raw := answer.read(PIECE):
        taken += len(raw)
        for piece in (raw,) if members is None else members.unpacked(raw):
            deadline.check()
            size += len(piece)
            if max(size, taken) > most:
                raise _too_large(request, most)
            _hold(len(piece), request)
            body.write(piece)


class _Members:
    """The members of a gzip body, one after the other (RFC 1952 2.2)."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._count = 1
        self._taken = 0
        self._member = _new_member()

    def unpacked(self, raw: bytes) -> Iterator[bytes]:
        """What compressed bytes hold, at most PIECE bytes at a time. Raises TransportError."""
        self._taken += len(raw)
        try:
            for start in range(0, len(raw), FED):
                yield from self._unpacked(raw[start : start + FED])
        except zlib.error as error:
            raise self._fault("the answer is damaged") from error

    def check_whole(self, length: int) -> None:
        """Raise TransportError unless `length` bytes came, 0 where it is not known, and the last member ended."""
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

    def _fault(self, what: str, *, retryable: bool = True) -> TransportError:
        text = f"{self._request.method_id}: content-encoding gzip: {what}"
        return TransportError(text, sent=True, retryable=retryable)


def _new_member() -> Any:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _members(headers: Mapping[str, str], request: Request) -> _Members | None:
    """The members of a packed body; None where it is not packed. Raises TransportError for another packing."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return _Members(request)
    if encoding not in ("identity", ""):
        raise TransportError(
            f"{request.method_id}: content-encoding {encoding[:40]!r} was not asked for",
            sent=True,
            retryable=False,
        )
    return None


def _check_json(body: Buffer, headers: Mapping[str, str], request: Request, status: int) -> None:
    """A body that ends with its connection may have been cut: JSON tells. Raises TransportError."""
    if "json" not in headers.get("content-type", "").lower():
        return
    if not body.size and (status >= 300 or status == 205):
        # The status alone says what is to be known.
        return
    flaw = _json_flaw(body.getvalue())
    if flaw is not None:
        raise TransportError(f"{request.method_id}: the answer was cut off or is not JSON{flaw}", sent=True)


def _json_flaw(body: bytes) -> str | None:
    """Where a body ceases to be JSON, "" where that is not known; None where it is JSON."""
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        return f" at character {error.pos}"
    except (ValueError, RecursionError):
        return ""
    return None


def _hold(size: int, request: Request) -> None:
    """Take room for so many bytes. Raises ResponseTooLarge."""
    if not request.reservation.grow(size):
        budget = request.reservation.budget
        raise ResponseTooLarge(
            f"{request.method_id}: the answer does not fit beside those of other calls: "
            f"the client holds {budget.held} of {budget.most} bytes",
            sent=True,
            retryable=False,
            hint="Make fewer calls at a time, or raise Client(max_unpacked_bytes=...).",
        )


def _too_large(request: Request, most: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"{request.method_id}: the answer has more than {most} bytes",
        sent=True,
        retryable=False,
        hint="Ask for less, or raise Client(max_response_bytes=...).",
    )

"""Answers of many items that come one by one: lines of JSON, JSON text sequences, and server-sent events.

Sources: ndjson.org; RFC 7464 (application/json-seq); WHATWG HTML 9.2 (text/event-stream).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from attrs import frozen

from .errors import DecodeError, GroundwireError, ResponseTooLarge

if TYPE_CHECKING:
    from types import TracebackType

    from .codec import Codecs
    from .http import Response
    from .schema import Type

T = TypeVar("T")
LONGEST: Final = 64 * 1024 * 1024
"""Bytes that one item may have."""
_RECORD: Final = b"\x1e"
_BOM: Final = b"\xef\xbb\xbf"


@frozen(kw_only=True)
class ServerEvent:
    """An event of `text/event-stream`. `id` is the latest that was sent; `retry` are milliseconds to wait before another call."""

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


class Stream(Generic[T]):
    """The items of an answer as they come, once. It holds a connection until its end, an error, or `close`.

    `with client.logs.follow() as lines:` closes it. Iterating raises TransportError where the answer is cut, and DecodeError.
    """

    def __init__(self, items: Generator[T], close: Callable[[], None]) -> None:
        self._items = items
        self._close = close
        self._closed = False
        self.redact: Callable[[DecodeError], DecodeError] = _unchanged
        """Redacts the credentials of the client in an error that quotes an item."""

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        try:
            return next(self._items)
        except BaseException as error:
            was_closed = self._closed
            self.close()
            if was_closed and isinstance(error, GroundwireError):
                # Another thread closed it while this one waited.
                raise StopIteration from None
            if isinstance(error, DecodeError):
                raise self.redact(error) from error.__cause__
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the rest, and free the connection. A thread that waits for the next item gets none."""
        self._closed = True
        with suppress(ValueError):  # another thread is inside: it ends with the body
            self._items.close()
        self._close()


def _unchanged(error: DecodeError) -> DecodeError:
    return error


def stream_of(response: Response, type_: Type | None, codecs: Codecs) -> Stream[Any]:
    """Return the items of an answer by its content type: events, or JSON values of a type."""
    body = response.stream
    pieces = (response.body,) if body is None else body
    kind = response.headers.get("content-type", "").lower()
    if type_ is None:
        items: Generator[Any] = events(pieces)
    else:
        records = split(pieces, _RECORD) if "json-seq" in kind else split(pieces, b"\n")
        items = _values(records, type_, codecs)
    return Stream(items, _nothing if body is None else body.close)


def _nothing() -> None:
    """Close a body that was read whole."""


def _values(records: Iterable[bytes], type_: Type, codecs: Codecs) -> Generator[Any]:
    for index, record in enumerate(records):
        try:
            yield codecs.read(type_, record)
        except DecodeError as error:
            raise error.under(index) from None


def split(pieces: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    """Yield the records between separators, without white space around them; none that is empty. Raises ResponseTooLarge."""
    for line in _lines(piece.split(separator) for piece in chain(pieces, (separator,))):
        if record := line.strip():
            yield record


def _lines(parts: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """Yield the lines of pieces that were split at line ends, but for one that has no end. Raises ResponseTooLarge."""
    held = bytearray()
    for *ended, rest in parts:
        for part in ended:
            yield bytes(held) + part
            held.clear()
        held += rest
        _check_size(len(held))


def _check_size(size: int) -> None:
    if size > LONGEST:
        raise ResponseTooLarge(f"an item has more than {LONGEST} bytes", sent=True, retryable=False)


def events(pieces: Iterable[bytes]) -> Generator[ServerEvent]:
    """Yield the events of a body of `text/event-stream`; one that is not ended by an empty line is dropped."""
    facts: dict[str, str] = {}
    data: list[str] = []
    last_id, size = "", 0
    for line in _event_lines(pieces):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                retry = facts.get("retry", "")
                yield ServerEvent(
                    event=facts.get("event") or "message",
                    data="\n".join(data),
                    id=last_id,
                    retry=int(retry) if retry.isascii() and retry.isdecimal() and len(retry) < 10 else None,
                )
            facts, data, size = {}, [], 0
        elif name == "data":
            data.append(value)
            size += len(value) + 1
            _check_size(size)
        elif name == "id" and "\0" not in value:
            last_id = value
        elif name in ("event", "retry"):
            facts[name] = value


def _event_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield lines that end with CR LF, LF or CR, each of them as soon as its end came."""

    def parts() -> Iterator[Sequence[bytes]]:
        after_return = False
        for piece in filter(None, pieces):
            # The LF of a CR LF whose CR ended a line before.
            text = piece[1:] if after_return and piece[:1] == b"\n" else piece
            after_return = piece[-1:] == b"\r"
            yield text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")

    for index, line in enumerate(_lines(parts())):
        yield (line if index else line.removeprefix(_BOM)).decode("utf-8", "replace")

"""Answers of many items that come one by one: lines of JSON, JSON text sequences, and server-sent events.

Sources: ndjson.org; RFC 7464 (application/json-seq); WHATWG HTML 9.2 (text/event-stream).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from attrs import frozen

from .errors import DecodeError, ResponseTooLarge

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
        self.redact: Callable[[DecodeError], DecodeError] = _unchanged
        """Redacts the credentials of the client in an error that quotes an item."""

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        try:
            return next(self._items)
        except DecodeError as error:
            self.close()
            raise self.redact(error) from error.__cause__
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the rest, and free the connection."""
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
    held: list[bytes] = []
    for piece in pieces:
        first, *rest = piece.split(separator)
        held.append(first)
        _check_length(held)
        for following in rest:
            if record := b"".join(held).strip():
                yield record
            held = [following]
    if record := b"".join(held).strip():
        yield record


def _check_length(held: list[bytes]) -> None:
    if len(held) % 64 == 0 and sum(map(len, held)) > LONGEST:
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
            size += len(value)
            if size > LONGEST:
                raise ResponseTooLarge(f"an item has more than {LONGEST} bytes", sent=True, retryable=False)
        elif name == "id" and "\0" not in value:
            last_id = value
        elif name in ("event", "retry"):
            facts[name] = value


def _event_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield lines that end with CR LF, LF or CR, each of them as soon as its end came."""
    held: list[bytes] = []
    is_first, after_return = True, False
    for piece in pieces:
        # The LF of a CR LF whose CR ended a line before.
        text = piece[1:] if after_return and piece[:1] == b"\n" else piece
        after_return = piece[-1:] == b"\r" if piece else after_return
        first, *rest = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        held.append(first)
        _check_length(held)
        for following in rest:
            line = b"".join(held)
            yield (line.removeprefix(_BOM) if is_first else line).decode("utf-8", "replace")
            is_first, held = False, [following]

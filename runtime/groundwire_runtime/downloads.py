"""Write the body of an answer to a file, in constant memory, and go on where it was cut (RFC 9110 14)."""

from __future__ import annotations

import errno
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from attrs import define, evolve, frozen

from . import open_body as open_body  # the transport leaves bodies open by it
from .answers import Saved as Saved
from .answers import SaveTo as SaveTo
from .errors import ArgumentError, DeadlineReached, ProtocolError, TransportError, shortened
from .http import Request, Response
from .retry import next_delay

if TYPE_CHECKING:
    from .clock import Clock

_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
ALL: Final = "bytes=0-"
_ONE_PART: Final = re.compile(r"bytes=\d+-\d*", re.ASCII)
_OTHER_PART: Final = "a part of a body was asked for, and another part of it came"


@define(eq=False)
class Target:
    """An open file, and how many bytes of the body are in it."""

    file: BinaryIO
    on_progress: Callable[[int, int | None], object] | None = None
    size: int = 0
    total: int | None = None

    def write(self, piece: bytes) -> None:
        """Append bytes. Raises OSError of the file."""
        left = piece
        while left:
            # A file without a buffer may take a part alone; one of the caller's own may not tell.
            count = cast("int | None", self.file.write(left))
            if count == 0:
                raise OSError(errno.EIO, "the file takes no more bytes")
            left = b"" if count is None else left[count:]
        self.size += len(piece)
        if self.on_progress is not None:
            self.on_progress(self.size, self.total)

    def restart(self) -> None:
        """Drop what was written. Raises OSError or ValueError where the file cannot seek."""
        self.file.seek(-self.size, os.SEEK_CUR)
        self.file.truncate()
        self.size = 0


@contextmanager
def opened(to: SaveTo | str | os.PathLike[str] | BinaryIO, clock: Clock) -> Generator[Target]:
    """Yield a target. A path is written beside itself under a new name, and replaced at the end; nothing stays of a body that is cut.

    Raises ArgumentError for what is no file, and OSError.
    """
    if not isinstance(to, SaveTo):
        to = SaveTo(to)
    if hasattr(to.file, "write"):
        yield Target(cast("BinaryIO", to.file), to.on_progress)
        return
    try:
        path = Path(cast("str", to.file))
        part = path.with_name(f"{path.name}.{clock.new_id()}.part")
        # "x": a file or a link that somebody put there is refused, and stays.
        begun = part.open("xb")
    except (TypeError, ValueError):
        raise ArgumentError(f"to: expected a path or an open binary file, got {shortened(to.file)}") from None
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        error.filename = str(to.file)  # The caller does not know the name of the part.
        raise
    with begun as file:
        try:
            yield Target(file, to.on_progress)
            file.close()
            part.replace(path)
        except BaseException:
            file.close()
            with suppress(OSError):
                part.unlink()
            raise


@frozen(kw_only=True)
class SavedRequest(Request, ABC):
    """A request that writes its answer in a way of its own."""

    @abstractmethod
    def save(self, send: Callable[[Request], Response], target: Target, clock: Clock) -> Response:
        """Send the request, and write the body of its answer."""


def save(send: Callable[[Request], Response], request: Request, target: Target, clock: Clock) -> Response:
    """Send a request, and write the body of its answer. Raises TransportError where it is cut and cannot be continued."""
    if isinstance(request, SavedRequest):
        return request.save(send, target, clock)
    return written(send, request, target, clock)


def written(
    send: Callable[[Request], Response],
    request: Request,
    target: Target,
    clock: Clock,
    rest_of: Callable[[Request, Response, int], Request | None] | None = None,
) -> Response:
    """Send a request, and write the body of its answer. Raises TransportError where it is cut and cannot be continued.

    `rest_of` gives the request for the rest of a body of which some bytes came, None where it cannot be continued. With it,
    the first request asks for one part, or for all.
    """
    # A range counts the bytes that are sent, so they must not be compressed.
    whole = evolve(
        request, opens=_always, lasting=False, headers={**request.headers, "accept-encoding": "identity"}
    )
    current, failures, furthest = whole, 0, 0
    while True:
        response = send(current)
        asked = current.headers.get("range", ALL)
        is_checked = response.status == 206 and (current is not whole or rest_of is not None)
        try:
            with _pieces(response) as pieces:
                part = _part(response, asked) if is_checked and _ONE_PART.fullmatch(asked) else None
                left = None if part is None else part.size
                _begin(response, target, continues=current is not whole)
                for piece in pieces:
                    target.write(piece)
                    left = None if left is None else left - len(piece)
        except TransportError as error:
            failures = 1 if target.size > furthest else failures + 1
            furthest = max(furthest, target.size)
            following = (rest_of or _rest)(whole, response, target.size)
            delay = next_delay(failures, error, request, clock)
            if isinstance(error, DeadlineReached) or following is None or delay is None:
                raise
            clock.sleep(delay)
            current = following
        else:
            if left:
                raise ProtocolError(_OTHER_PART)
            if part is None or part.is_all:
                return evolve(response, stream=None)
            # A service may answer with less than was asked for (RFC 9110 15.3.7).
            rest = (rest_of or _rest)(whole, response, target.size)
            if rest is None:
                raise ProtocolError(_OTHER_PART)
            current = rest


@frozen
class _Part:
    """A part of a body that came: its size, and True where no more was asked for."""

    size: int
    is_all: bool


def part_size(response: Response, asked: str) -> int:
    """Return the size of a part that was asked for (`bytes=5-`, `bytes=5-9`). Raises ProtocolError for another part."""
    part = _part(response, asked)
    if not part.is_all:
        raise ProtocolError(_OTHER_PART)
    return part.size


def _part(response: Response, asked: str) -> _Part:
    """Return the part that came of one that was asked for: all of it, or its beginning. Raises ProtocolError for another part."""
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    start, _, stop = asked.removeprefix("bytes=").partition("-")
    if found is not None:
        first, last, total = int(found[1]), int(found[2]), found[3]
        is_end = not stop if total == "*" else last + 1 == int(total)
        fits = (not stop or last <= int(stop)) and (total == "*" or last < int(total))
        if first == int(start or "0") and last >= first and fits:
            return _Part(last - first + 1, is_end or str(last) == stop)
    raise ProtocolError(_OTHER_PART)


def _always(_: Response) -> bool:
    return True


@contextmanager
def _pieces(response: Response) -> Generator[Iterable[bytes]]:
    """Yield the body, which is closed at the end, also where the file cannot be written."""
    if response.stream is None:
        yield (response.body,)
        return
    with closing(response.stream) as stream:
        yield stream


def _begin(response: Response, target: Target, *, continues: bool) -> None:
    """Take the size of an answer; drop what was written where it begins again."""
    length = response.headers.get("content-length", "")
    is_size = length.isdecimal() and len(length) < 19 and "content-encoding" not in response.headers
    if continues and response.status == 206:
        return
    if target.size:
        try:
            target.restart()
        except (OSError, ValueError):
            raise ArgumentError(
                "the body changed while it was read, and the file cannot begin again",
                hint="Pass a file that seeks.",
            ) from None
    target.total = int(length) if is_size else None


def _rest(request: Request, response: Response, size: int) -> Request | None:
    """Return the request for the rest of a body; None where the service has no ranges, or no name for this very body."""
    headers = response.headers
    etag = headers.get("etag", "")
    name = etag if etag.startswith('"') else headers.get("last-modified", "")
    has_ranges = headers.get("accept-ranges", "").lower() == "bytes" or response.status == 206
    is_part = "range" in request.headers
    if (
        request.verb != "GET"
        or not has_ranges
        or not name
        or "content-encoding" in headers
        or not size
        or is_part
    ):
        return None
    return evolve(request, headers={**request.headers, "range": f"bytes={size}-", "if-range": name})

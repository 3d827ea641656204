"""A medium to upload: a file, bytes or pieces, its type, and what is told and checked while it is sent."""

from __future__ import annotations

import io
import mimetypes
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, cast

from attrs import Attribute, define, evolve, field, frozen

from .checksums import Digests
from .errors import ArgumentError, shortened
from .http import Request
from .uploads import File, FilePart, file_of

UNIT: Final = 256 * 1024
"""A chunk of a resumable upload is a multiple of these bytes, but for the last one."""
CHUNK: Final = 32 * UNIT
"""Bytes of a chunk of a medium that can be read once alone."""
SMALL: Final = 5 * 1024 * 1024
"""Bytes from which a medium is uploaded by the resumable protocol, where the method has it."""
OCTETS: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *;[ -~]*)?", re.ASCII)
Progress = Callable[[int, int | None], object]
_END: Final = object()


class ProgressError(Exception):
    """An error of `on_progress`, in a form that no layer takes for a fault of the connection."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def _check_chunk(_: object, attribute: Attribute[int | None], value: object) -> None:
    if value is not None and (
        not isinstance(value, int) or isinstance(value, bool) or value < UNIT or value % UNIT
    ):
        raise ArgumentError(
            f"{attribute.name}: expected a multiple of {UNIT:,} bytes (256 KiB), got {shortened(value)}"
        )


def _check_type(_: object, attribute: Attribute[str | None], value: object) -> None:
    if value is not None and (not isinstance(value, str) or not _TYPE.fullmatch(value)):
        raise ArgumentError(f"{attribute.name}: expected a media type, got {shortened(value)}")


@frozen
class MediaUpload:
    """A medium to upload: bytes, a file by its path, an open binary file, or pieces of bytes that come one by one.

    An open file is sent from where it is. `content_type`: by default what the name of the file says, else the one that the
    method takes, else `application/octet-stream`.

    `resumable`: by default for more than 5 MiB, and for a medium of unknown size. `chunk_size`: bytes of a request of a
    resumable upload, a multiple of 256 KiB; by default one request has all that is left, and 8 MiB of what can be read once
    alone. `on_progress` is called with the bytes that were sent and with those of all, None where they are not known; the
    first number goes back where a part was lost.
    """

    source: bytes | str | os.PathLike[str] | BinaryIO | Iterable[bytes] = field(repr=False)
    content_type: str | None = field(default=None, validator=_check_type)
    resumable: bool | None = field(default=None, kw_only=True)
    chunk_size: int | None = field(default=None, kw_only=True, validator=_check_chunk)
    on_progress: Progress | None = field(default=None, kw_only=True)

    def type_for(self, accept: tuple[str, ...]) -> str:
        """Return the media type that is stated. Raises ArgumentError for one that the method does not take."""
        stated = self.content_type or self._guessed()
        if stated is None:
            concrete = [each for each in accept if "*" not in each]
            stated = OCTETS if not concrete or is_accepted(OCTETS, accept) else concrete[0]
        if not is_accepted(stated, accept):
            raise ArgumentError(
                f"media: the method does not take {stated!r}",
                hint=f"It takes {', '.join(accept)}: state content_type.",
            )
        return stated

    def _guessed(self) -> str | None:
        named = not isinstance(self.source, bytes) and hasattr(self.source, "name")
        if not named and not isinstance(self.source, (str, os.PathLike)):
            return None
        kind, encoding = mimetypes.guess_type(FilePart(cast("str", self.source)).name)
        return None if encoding else kind


def is_accepted(media_type: str, accept: tuple[str, ...]) -> bool:
    """Return True for a media type that one of the ranges covers; () is: any."""
    kind, _, subtype = media_type.partition(";")[0].strip().lower().partition("/")
    ranges = [each.partition(";")[0].strip().lower().partition("/") for each in accept]
    return not ranges or any(one in ("*", kind) and two in ("*", subtype) for one, _, two in ranges)


class _Pieces:
    """Pieces that come one by one, as a file that cannot seek."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end."""
        while not self._left:
            piece: object = next(self._pieces, _END)
            if piece is _END:
                return b""
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise ArgumentError(f"media: expected pieces of bytes, got {shortened(piece)}")
            self._left = bytes(cast("bytes", piece))
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken


@define(eq=False)
class _Sent:
    """What is known of the bytes of a medium that were sent."""

    total: int | None
    on_progress: Progress | None
    digests: Digests = field(factory=Digests)

    def report(self, size: int) -> None:
        """Tell the caller how many bytes were sent. Raises ProgressError."""
        if self.on_progress is None:
            return
        try:
            self.on_progress(size, self.total)
        except Exception as error:
            raise ProgressError(error) from error


@define(eq=False, kw_only=True)
class MediaFile(File):
    """A medium, or the part of it from `offset` on, that is read while it is sent."""

    sent: _Sent
    offset: int = 0

    @classmethod
    def of(cls, media: MediaUpload) -> MediaFile:
        """Return a medium whose size was read. Raises ArgumentError for what is none, or is not there."""
        source = media.source
        is_file = isinstance(source, (bytes, str, os.PathLike)) or hasattr(source, "read")
        if not is_file and not isinstance(source, Iterable):
            raise ArgumentError(
                f"media: expected bytes, a path, an open binary file or pieces of bytes, got {shortened(source)}"
            )
        if isinstance(source, (bytearray, memoryview)):
            source = bytes(source)
        elif not is_file:
            source = cast("BinaryIO", _Pieces(cast("Iterable[bytes]", source)))
        found = file_of(FilePart(io.BytesIO(source) if isinstance(source, bytes) else cast("str", source)))
        file = cast("File", found)
        return cls(
            source=file.source,
            start=file.start,
            length=file.length,
            rewinds=file.rewinds,
            sent=_Sent(file.length, media.on_progress),
        )

    def part(self, offset: int, size: int) -> MediaFile:
        """Return a part of a medium that can seek."""
        return evolve(self, start=self.start + offset, length=size, offset=offset)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, and note each piece once it was sent."""
        position = self.offset
        for piece in super().pieces():
            self.sent.digests.update(piece, position)
            yield piece
            position += len(piece)
            self.sent.report(position)


@frozen(kw_only=True)
class MediaRequest(Request):
    """A request with a medium: its body has it, or it begins a session that takes it."""

    media: MediaFile
    chunk_size: int | None = None

"""Bodies that are read while they are sent: files, and bodies made of several pieces."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from attrs import define, field, frozen

from .errors import ArgumentError, shortened

PIECE: Final = 256 * 1024
"""Bytes of a file that are read at a time."""
_UNREADABLE: Final = "Nothing of this call took effect unless the service acts on parts of a body."


@frozen
class FilePart:
    """Bytes, a file by its path, or an open binary file, to send as it is.

    An open file is sent from where it stands; one that cannot seek is sent once, and such a call is not repeated. `filename`
    and `content_type` are what a part of multipart/form-data says of it; by default the name of the file, and the type that
    the description states.
    """

    source: bytes | str | os.PathLike[str] | BinaryIO = field(repr=False)
    filename: str | None = field(default=None, kw_only=True)
    content_type: str | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """The name of the file without its folders; "" where there is none."""
        if self.filename is not None:
            return self.filename
        if isinstance(self.source, bytes):
            return ""
        source = self.source
        name: object = source if isinstance(source, (str, os.PathLike)) else getattr(source, "name", "")
        return Path(cast("str", name)).name if isinstance(name, (str, os.PathLike)) else ""


@define(eq=False)
class File:
    """A file whose size was read, from the place where it is to be sent. `length` is None where it is unknown."""

    source: str | os.PathLike[str] | BinaryIO
    start: int = 0
    length: int | None = None
    rewinds: bool = False
    used: bool = False

    @property
    def label(self) -> str:
        """How an error names the file."""
        source = self.source
        return shortened(
            str(source) if isinstance(source, (str, os.PathLike)) else getattr(source, "name", "")
        )

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the file. Raises ArgumentError where it cannot be read, or is shorter than it was."""
        self.used = True
        left = self.length
        with self._opened() as file:
            while left is None or left > 0:
                piece = self._read(file, PIECE if left is None else min(PIECE, left))
                if not piece:
                    break
                left = None if left is None else left - len(piece)
                yield piece
        if left:
            raise ArgumentError(f"file {self.label}: it became shorter while it was sent", hint=_UNREADABLE)

    @contextmanager
    def _opened(self) -> Generator[BinaryIO]:
        if isinstance(self.source, (str, os.PathLike)):
            try:
                file = Path(self.source).open("rb")  # noqa: SIM115 # closed below
            except OSError as error:
                raise _unreadable(self.label, error) from None
            with file:
                if self.start:
                    file.seek(self.start)
                yield file
            return
        if self.rewinds:
            try:
                self.source.seek(self.start)
            except (OSError, ValueError) as error:
                raise _unreadable(self.label, error) from None
        yield self.source

    def _read(self, file: BinaryIO, size: int) -> bytes:
        try:
            piece = cast("object", file.read(size))  # a text file gives str
        except (OSError, ValueError) as error:
            raise _unreadable(self.label, error) from None
        if not isinstance(piece, bytes):
            raise ArgumentError(f"file {self.label}: expected a binary file", hint='Open it with mode "rb".')
        return piece


def _unreadable(label: str, error: Exception) -> ArgumentError:
    why = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return ArgumentError(f"file {label}: it cannot be read ({why})")


def file_of(part: FilePart) -> bytes | File:
    """Return the content of a part with its size. Raises ArgumentError for a file that is not there."""
    source = part.source
    if isinstance(source, bytes):
        return source
    if isinstance(source, (str, os.PathLike)):
        try:
            facts = Path(source).stat()
        except (OSError, ValueError) as error:
            raise _unreadable(shortened(str(source)), error) from None
        if stat.S_ISDIR(facts.st_mode):
            raise ArgumentError(f"file {shortened(str(source))}: it is a folder")
        regular = stat.S_ISREG(facts.st_mode)
        return File(source, length=facts.st_size if regular else None, rewinds=regular)
    if not hasattr(source, "read"):
        raise ArgumentError(
            f"expected bytes, a path or an open binary file, got {shortened(source)}",
        )
    try:
        start = source.tell()
        end = source.seek(0, os.SEEK_END)
        source.seek(start)
    except (OSError, ValueError, AttributeError):
        return File(source)
    return File(source, start=start, length=max(0, end - start), rewinds=True)


@define(eq=False)
class Upload:
    """A body of bytes and files, one after the other, read from its start each time that it is sent."""

    _contents: Sequence[bytes | File]

    @classmethod
    def of(cls, *parts: bytes | FilePart) -> Upload:
        """Return a body. Raises ArgumentError for a file that is not there."""
        return cls([file_of(each) if isinstance(each, FilePart) else each for each in parts])

    @property
    def length(self) -> int | None:
        """The size in bytes; None where a file does not tell."""
        lengths = [len(each) if isinstance(each, bytes) else each.length for each in self._contents]
        known = [each for each in lengths if each is not None]
        return sum(known) if len(known) == len(lengths) else None

    @property
    def repeatable(self) -> bool:
        """True where it can be sent, or sent once more."""
        return all(isinstance(each, bytes) or each.rewinds or not each.used for each in self._contents)

    def __iter__(self) -> Iterator[bytes]:
        """Read the body. Raises ArgumentError."""
        for each in self._contents:
            if isinstance(each, bytes):
                yield each
            else:
                yield from each.pieces()

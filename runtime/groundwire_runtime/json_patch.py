"""The operations of a JSON Patch (RFC 6902).

A place is a JSON Pointer (RFC 6901), or its keys: `Replace(("labels", "a/b"), 1)` is `Replace("/labels/a~1b", 1)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from attrs import field, frozen

from .errors import ArgumentError, shortened
from .jsontext import ANY, quote
from .wire_paths import plain

if TYPE_CHECKING:
    from .codec import Codecs

_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def pointer(place: str | Sequence[str | int]) -> str:
    """Return a place as a JSON Pointer. Raises ArgumentError for a text that is none."""
    if isinstance(place, str):
        if _POINTER.fullmatch(place) is None:
            raise ArgumentError(
                f"path: expected a JSON Pointer such as '/labels/a', got {shortened(place)}",
                hint='Keys may be given as a tuple: ("labels", "a").',
            )
        return place
    keys = [str(each).replace("~", "~0").replace("/", "~1") for each in place]
    return "".join(f"/{each}" for each in keys)


@frozen
class _Operation:
    op: ClassVar[str]
    path: str = field(converter=pointer)

    def written(self, codecs: Codecs) -> str:
        """Return the operation as JSON text. Raises EncodeError."""
        return f"{{{self._member('op', self.op)},{self._member('path', self.path)}{self._more(codecs)}}}"

    def _more(self, codecs: Codecs) -> str:
        del codecs
        return ""

    @staticmethod
    def _member(name: str, text: str) -> str:
        return f"{quote(name)}:{quote(text)}"


@frozen
class _WithValue(_Operation):
    value: Any

    def _more(self, codecs: Codecs) -> str:
        return f',"value":{ANY.write(plain(self.value, codecs), 0)}'


@frozen
class _WithOrigin(_Operation):
    origin: str = field(converter=pointer)

    def written(self, codecs: Codecs) -> str:
        """Return the operation as JSON text."""
        del codecs
        members = (("op", self.op), ("from", self.origin), ("path", self.path))
        return f"{{{','.join(self._member(*each) for each in members)}}}"


class Add(_WithValue):
    """Add a value, or insert it into a list: `/tags/-` is behind the last item. It is JSON, or a message."""

    op = "add"


class Remove(_Operation):
    """Remove a value."""

    op = "remove"


class Replace(_WithValue):
    """Replace a value that is there."""

    op = "replace"


class Move(_WithOrigin):
    """Move the value at `origin` to `path`: `Move(path, origin)`."""

    op = "move"


class Copy(_WithOrigin):
    """Copy the value at `origin` to `path`: `Copy(path, origin)`."""

    op = "copy"


class Test(_WithValue):
    """Refuse the whole patch unless a value is there."""

    op = "test"


PatchOperation: TypeAlias = Add | Remove | Replace | Move | Copy | Test
"""An operation; a patch is a sequence of them, and is carried out as a whole or not at all."""

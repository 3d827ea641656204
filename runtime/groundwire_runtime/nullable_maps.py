"""Maps in which null stands for a key that a PATCH removes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from .containers import map_of
from .jsontext import Codec
from .schema import MapOf, codec_of

if TYPE_CHECKING:
    from .schema import Classes


@frozen
class NullableMap(MapOf):
    """A map of string keys to values of one type, or null."""

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the map."""
        value = codec_of(self.value, classes)
        read_value, write_value = value.read, value.write

        def read(item: Any, depth: int) -> Any:
            return None if item is None else read_value(item, depth)

        def write(item: Any, depth: int) -> str:
            return "null" if item is None else write_value(item, depth)

        return map_of(Codec(read, write))

"""Limits of one evaluation: an expression comes from outside, and may be made to be slow."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Final

from attrs import define, field

from .elements import Collection, Element, Image
from .geometry import Geometry
from .problem import too_large

DEEPEST: Final = 30_000
"""Calls and nodes within each other."""
_WORK: Final = 1_000_000
"""Steps of one evaluation, with the parts of each result."""
_LARGEST: Final = 300_000
"""Parts of one value: an element of a list each, and 64 characters."""
_HEAVY: Final = 256
"""Parts of a value whose size is kept."""
_SHARE: Final = 4
"""Parts of an argument that cost one step."""
_SCALARS: Final = (int, float, type(None))
_NESTED: Final = 60
"""Lists and dictionaries within each other."""


@define
class Budget:
    """The work that is left of an evaluation and of writing its result."""

    left: int = _WORK
    heavy: dict[int, tuple[Any, int]] = field(init=False, factory=dict[int, tuple[Any, int]])
    """Large values with their parts, by identity: a function that is given one looks at all of it."""

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises ExpressionError when too many were made."""
        self.left -= steps
        if self.left < 0:
            raise too_large("an expression of so many steps")

    def weigh(self, value: Any) -> Any:
        """Count the parts of a value and return it. Raises ExpressionError for one that is too large or too deep.

        The elements of a collection count as one each: what is in them was weighed before.
        """
        if isinstance(value, _SCALARS):
            self.left -= 1
            return value
        # Most values of an expression are images: none has lists within lists.
        parts = own_parts(value) if isinstance(value, Image) else self._parts(value)
        if parts >= _HEAVY:
            self.heavy[id(value)] = value, parts
        self.spend(parts)
        return value

    @staticmethod
    def _parts(value: Any) -> int:
        parts, level, deep = 0, [value], 0
        while level:
            deep += 1
            if deep > _NESTED:
                raise too_large("lists so deep within each other")
            below: list[Any] = []
            for item in level:
                parts += 1
                if isinstance(item, str):
                    parts += sys.getsizeof(item) // 64
                elif isinstance(item, dict):
                    below.extend(item.values())
                elif isinstance(item, tuple | list):
                    if parts + len(below) + len(item) > _LARGEST:
                        raise too_large("a value so large")
                    below.extend(item)
                elif isinstance(item, Collection):
                    parts += len(item.elements)
                elif isinstance(item, Element | Geometry) and deep == 1:
                    parts += own_parts(item)
            if parts + len(below) > _LARGEST:
                raise too_large("a value so large")
            level = below
        return parts

    def charge(self, values: Iterable[Any]) -> None:
        """Count the arguments of a function by their parts. Raises ExpressionError when there were too many."""
        total = 0
        for value in values:
            if not isinstance(value, _SCALARS):
                total += self.size(value)
        if total >= _SHARE:
            self.spend(total // _SHARE)

    def size(self, value: Any) -> int:
        """Return the parts of a value as it was weighed, or of its first level."""
        known = self.heavy.get(id(value))
        return own_parts(value) if known is None else known[1]


def own_parts(value: Any) -> int:
    """Return the parts of a value without those of its elements."""
    if isinstance(value, str):
        return 1 + sys.getsizeof(value) // 64
    if isinstance(value, tuple | list | dict):
        return len(value)
    if isinstance(value, Collection):
        return len(value.elements)
    if isinstance(value, Element):
        bands = value.layers if isinstance(value, Image) else None
        place = value.geometry.size if isinstance(value.geometry, Geometry) else 0
        return 1 + len(value.facts) + place + (len(bands) if isinstance(bands, tuple) else 0)
    return value.size if isinstance(value, Geometry) else 1

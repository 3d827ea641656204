"""Limits of one evaluation: an expression comes from outside, and may be made to be slow."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Any, Final

from attrs import define

from .elements import Collection, Element, Image
from .problem import TOO_LARGE, ExpressionError

DEEPEST: Final = 30_000
"""Calls and nodes within each other."""
_WORK: Final = 1_000_000
"""Steps of one evaluation, with the parts of each result."""
_LARGEST: Final = 300_000
"""Parts of one value: an element of a list each, and 64 characters."""
_SCALARS: Final = (int, float, type(None))
_NESTED: Final = 60
"""Lists and dictionaries within each other."""


def too_large(subject: str) -> ExpressionError:
    """Return the error for an expression beyond a limit."""
    return ExpressionError(f"The contract server does not compute {subject}.", TOO_LARGE)


@define
class Budget:
    """The work that is left of an evaluation."""

    left: int = _WORK

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
        if isinstance(value, Image):
            self.spend(1 + len(value.facts))
            return value
        parts, level, deep = 0, [value], 0
        while level:
            deep += 1
            if deep > _NESTED:
                raise too_large("lists so deep within each other")
            below: list[Any] = []
            for item in level:
                parts += 1
                if isinstance(item, str):
                    parts += len(item) // 64
                elif isinstance(item, dict):
                    below.extend(item.values())
                elif isinstance(item, tuple | list):
                    if parts + len(below) + len(item) > _LARGEST:
                        raise too_large("a value so large")
                    below.extend(item)
                elif isinstance(item, Collection):
                    parts += len(item.elements)
                elif isinstance(item, Element) and deep == 1:
                    parts += len(item.facts)
            if parts + len(below) > _LARGEST:
                raise too_large("a value so large")
            level = below
        self.spend(parts)
        return value

"""Reducers: what they make of rows of inputs, and the names of their outputs."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import field, frozen

Row: TypeAlias = tuple[Any, ...]
"""The inputs of one record, or the outputs of a reducer."""


@frozen(eq=False)
class Reducer:
    """A reducer by name."""

    name: str
    outputs: tuple[str, ...]
    """The names of its outputs."""
    reduce: Callable[[tuple[Row, ...]], Row] = field(repr=False)
    """Make outputs of rows. Raises ExpressionError for what is not computed."""
    inputs: int = 1
    """The number of inputs of a row."""

    def named(self, rows: tuple[Row, ...]) -> dict[str, Any]:
        """Return the outputs of rows by name."""
        return dict(zip(self.outputs, self.reduce(rows), strict=True))

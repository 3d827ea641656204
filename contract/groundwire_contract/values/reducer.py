"""Reducers: what they make of rows of inputs, and the names of their outputs."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from .elements import Unknown
from .problem import unsupported
from .steps import spend

_SHARE: Final = 4
"""Rows whose reduction costs one step."""
Row: TypeAlias = tuple[Any, ...]
"""The inputs of one record, or the outputs of a reducer."""


def different(names: tuple[str, ...]) -> None:
    """Check that outputs have different names. Raises ExpressionError: no documentation says which of two is kept."""
    if len(set(names)) < len(names):
        raise unsupported("a reducer with two outputs of one name")


def present(rows: tuple[Row, ...]) -> list[Any]:
    """Return the values of the first input. Raises ExpressionError for one that is not computed: it may be missing."""
    spend(len(rows) // _SHARE)
    values = [row[0] for row in rows if row[0] is not None]
    for value in values:
        if isinstance(value, Unknown):
            raise unsupported(value.name)
    return values


@frozen(eq=False)
class Reducer:
    """A reducer by name."""

    name: str
    outputs: tuple[str, ...] = field(validator=lambda _, __, names: different(names))
    """The names of its outputs."""
    reduce: Callable[[tuple[Row, ...]], Row] = field(repr=False)
    """Make outputs of rows. Raises ExpressionError for what is not computed."""
    inputs: int = 1
    """The number of inputs of a row."""

    def named(self, rows: tuple[Row, ...]) -> dict[str, Any]:
        """Return the outputs of rows by name."""
        return dict(zip(self.outputs, self.reduce(rows), strict=True))

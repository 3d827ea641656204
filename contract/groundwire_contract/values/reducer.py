"""Reducers: those that collect values into lists are computed."""

from __future__ import annotations

from attrs import frozen


@frozen
class Reducer:
    """A reducer by name. `size` is the length of its tuples, if it makes any, `copies` how often it is repeated."""

    name: str
    size: int | None = None
    copies: int | None = None

"""What a schema says of a value."""

from __future__ import annotations

from attrs import frozen


@frozen
class Flaw:
    """What is wrong with a value: where (a JSON pointer), the keyword that says so, and the words."""

    pointer: str
    keyword: str
    message: str


@frozen
class Found:
    """The flaws of a value under a schema, and the members and items that the schema has looked at."""

    flaws: tuple[Flaw, ...] = ()
    names: frozenset[str] = frozenset()
    items: int = 0
    """The first so many items of an array."""


def finding(*flaws: tuple[str, str, str], names: frozenset[str] = frozenset(), items: int = 0) -> Found:
    """Return a finding of flaws: pointer, keyword and words of each."""
    return Found(tuple(Flaw(*flaw) for flaw in flaws), names, items)

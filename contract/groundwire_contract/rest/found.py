"""What a schema says of a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from attrs import frozen
from groundwire_codegen.read.cursor import Cursor
from groundwire_codegen.read.openapi.references import Documents


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


class Checks(Protocol):
    """A check, as keywords use it."""

    @property
    def documents(self) -> Documents:
        """The document, and those that it refers to."""
        ...

    @property
    def sent(self) -> bool:
        """True for a value of a request."""
        ...

    def found(self, node: Cursor, value: Any, pointer: str) -> Found:
        """Return what a schema says of a value at a pointer."""
        ...

    def members(
        self, node: Cursor, keyword: str, value: dict[str, Any], names: Iterable[str], pointer: str
    ) -> Iterator[Flaw]:
        """Yield the flaws of members under the one schema of a keyword."""
        ...

    def is_old(self, node: Cursor) -> bool:
        """Return True for a schema that is written in OpenAPI 3.0."""
        ...

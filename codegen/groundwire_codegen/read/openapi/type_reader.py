"""What the readers of unions and of objects need of the reader of schemas, which they are parts of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...ir import Enum, Message, Rules, TypeRef
from ..cursor import Cursor
from .all_of import Flattener
from .bases import Bases
from .references import Documents
from .shape import Schema, Shape, Site


class TypeReader(Protocol):
    """Reads schemas as types."""

    @property
    def documents(self) -> Documents:
        """Return the documents that are read."""
        ...

    @property
    def flattener(self) -> Flattener:
        """Return what flattens their schemas."""
        ...

    @property
    def bases(self) -> Bases:
        """Return which schemas extend which."""
        ...

    @property
    def messages(self) -> dict[str, Message]:
        """Return the messages that were read so far, to add to."""
        ...

    @property
    def enums(self) -> dict[str, Enum]:
        """Return the enums that were read so far, to add to."""
        ...

    @property
    def held_rules(self) -> dict[tuple[str, int], Rules]:
        """Return the bounds of schemas that were read so far, by key and levels, to add to."""
        ...

    def reference(self, node: Cursor, place: str) -> TypeRef:
        """Return a reference to a schema."""
        ...

    def type_of(self, schema: Schema) -> TypeRef | None:
        """Return the type of a schema; None after a problem."""
        ...

    def typed(self, schema: Schema, shape: Shape) -> TypeRef | None:
        """Return the type of a shape whose references were followed."""
        ...

    def joined(self, sites: Sequence[Site], place: str) -> TypeRef | None:
        """Return the type of schemas that hold together."""
        ...

    def together(self, sites: Sequence[Site], place: str) -> Schema:
        """Return the schema of a value that several schemas hold for."""
        ...

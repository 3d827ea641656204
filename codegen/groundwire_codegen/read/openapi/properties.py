"""Properties of objects: the type of a value, its bounds, and its annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from ...ir import JsonScalar, Rules, TypeRef
from .bounds import rules_of
from .scalars import default_of
from .shape import Shape, Site
from .type_reader import TypeReader


@frozen
class Property:
    """The facts of a field that its own schema states."""

    type: TypeRef | None
    """None after a problem, and where no value fits."""
    rules: Rules
    default: JsonScalar
    read_only: bool
    write_only: bool
    deprecated: bool
    doc: str


class PropertyReader(TypeReader, Protocol):
    """Reads schemas as properties."""

    def property_of(self, sites: Sequence[Site], place: str) -> Property:
        """Return the type of schemas that hold together, with their bounds and annotations."""
        ...


def stated_property(schemas: TypeReader, type_: TypeRef | None, shape: Shape) -> Property:
    """Return the facts that a shape states beside its type."""
    return Property(
        type=None if shape.never else type_,
        rules=rules_of(schemas, shape),
        default=default_of(shape),
        read_only=shape.words.get("readOnly") is True,
        write_only=shape.words.get("writeOnly") is True,
        deprecated=shape.words.get("deprecated") is True,
        doc=shape.text("description"),
    )

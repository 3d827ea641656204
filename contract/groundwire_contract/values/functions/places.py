"""The place of a collection."""

from __future__ import annotations

from ..elements import Collection
from ..geometry import Geometry
from ..problem import unsupported


def geometry_of(collection: Collection) -> Geometry:
    """Return the geometries of all elements as one. Raises ExpressionError if one is not known."""
    members = tuple(item.geometry for item in collection.elements if isinstance(item.geometry, Geometry))
    if len(members) != len(collection.elements) or not members:
        raise unsupported("the geometry of a collection with an element whose geometry is not declared")
    return members[0] if len(members) == 1 else Geometry("GeometryCollection", (), members=members)

"""Lists, and tuples with a schema for each place."""

from __future__ import annotations

from attrs import frozen

from ...ir import FirstThatFits, ListOf, TupleOf, TypeRef, UnionOf
from .scalars import ANY
from .shape import Schema, Shape
from .type_reader import TypeReader


@frozen
class Lists:
    """Reads the schemas of lists."""

    schemas: TypeReader

    def typed(self, schema: Schema, shape: Shape) -> TypeRef | None:
        """Return the type of a list; a tuple, where each place has a schema."""
        item = self.schemas.joined(shape.items, f"{schema.place}[]")
        if not shape.prefix:
            return None if item is None else ListOf(item)
        items = tuple(
            self.schemas.type_of(Schema((site,), self.schemas.documents.key(site.node), site.place))
            for site in shape.prefix
        )
        found = tuple(each for each in items if each is not None)
        if len(found) < len(items):
            return None
        most = shape.words.get("maxItems")
        ends = shape.ends or (isinstance(most, int) and most <= len(items))
        if not shape.is_tuple:
            types = tuple(dict.fromkeys(found if ends or item is None else (*found, item)))
            one = types[0] if len(types) == 1 else UnionOf(types, FirstThatFits())
            return ListOf(ANY if ANY in types else one)
        return TupleOf(found, None if ends else item)

"""`oneOf` and `anyOf`: unions of types, groups of properties, and constraints that are no types."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from ...ir import (
    ByJsonType,
    Const,
    Discrimination,
    Enum,
    EnumRef,
    EnumValue,
    FirstThatFits,
    JsonScalar,
    Kind,
    MessageRef,
    Nullable,
    Scalar,
    TypeRef,
    UnionOf,
)
from ..cursor import Cursor
from .groups import take_groups
from .scalars import ANY, literal_type, literals, text_of
from .shape import CONTRADICTION, Schema, Shape, Site
from .type_reader import TypeReader
from .unions import Member, is_special, name_of, schema_name, tell_apart

MAX_MEMBERS: Final = 500
"""Members of one union, those of unions inside it included."""
MAX_NESTING: Final = 6
"""Unions inside one another that are looked into."""
_FRACTIONS: Final = frozenset(map(Scalar, (Kind.NUMBER, Kind.DOUBLE, Kind.FLOAT)))
_NUMBERS: Final = frozenset(
    (*(each.kind for each in _FRACTIONS), Kind.INTEGER, Kind.INT32, Kind.UINT32, Kind.LONG, Kind.ULONG)
)
_TEXT_NUMBERS: Final = frozenset(map(Scalar, (Kind.INT64, Kind.UINT64)))


@frozen
class Choices:
    """Reads the unions of schemas."""

    schemas: TypeReader

    def union(self, schema: Schema, shape: Shape) -> TypeRef | None:
        """Return the union of a shape's choices; each member has what stands beside them as well."""
        choices = shape.choices
        if math.prod(len(each.members) for each in choices) > MAX_MEMBERS:
            shape.node.refuse(f"a union of more than {MAX_MEMBERS} members")
            return None
        members = [*self._members(schema, shape)]
        together = self._one_enum(schema, shape, members)
        if together is not None:
            return together
        discriminator = choices[0].discriminator if len(choices) == 1 else None
        found = self.made(
            shape, members, discriminator or (shape.discriminator if len(choices) == 1 else None)
        )
        own = self.schemas.enums.get(found.name) if isinstance(found, EnumRef) else None
        if isinstance(found, EnumRef) and own is not None and own.place.startswith(f"{schema.place}."):
            # An open enum: what is left of a list of known values and any text is the type itself.
            said = shape.words.get("description")
            doc = said if isinstance(said, str) else own.doc
            self.schemas.enums[found.name] = evolve(own, place=schema.place, doc=doc)
        return found

    def of_children(self, shape: Shape, children: Mapping[str, Schema]) -> TypeRef | None:
        """Return the union of the schemas that a base stands for."""
        return self.made(shape, [*children.items()], shape.discriminator)

    def of_types(self, schema: Schema, shape: Shape, kinds: Sequence[str]) -> TypeRef | None:
        """Return the union of a list of JSON types."""
        members: list[TypeRef] = []
        for kind in kinds:
            if kind == "integer" and "number" in kinds:
                continue
            one = evolve(shape, types=(kind,))
            type_ = self.schemas.typed(evolve(schema, key=f"{schema.key}#{kind}"), one)
            if type_ is None:
                return None
            # A number as a text would be the same value as a number.
            members.append(Scalar(Kind.STRING) if type_ in _TEXT_NUMBERS else type_)
        return _union(members, ByJsonType())

    def made(
        self, shape: Shape, members: Sequence[tuple[str | None, Schema]], discriminator: Cursor | None
    ) -> TypeRef | None:
        """Return the union of members, each with the name that a reference gives it."""
        null = False
        types: dict[TypeRef, Member] = {}
        for name, schema in members:
            start = len(self.schemas.documents.root.problems)
            type_ = self._type(schema)
            if self._is_impossible(schema, start):
                continue
            if type_ is None:
                return None
            if isinstance(type_, Nullable):
                null, type_ = True, type_.type
            types.setdefault(type_, Member(name, tuple(itertools.islice(self._shapes(schema), MAX_MEMBERS))))
        if not types:
            shape.node.refuse("contradiction: no member of the union fits", CONTRADICTION)
            return None
        self._simplify(types)
        shape.null = shape.null or null or ANY in types or None
        told = tell_apart([*types.values()], discriminator, self._literals)
        if isinstance(told, FirstThatFits) and sum(bool(each.objects) for each in types.values()) > 1:
            self.schemas.documents.warn(
                shape.node, "nothing tells the members of this union apart: the first that fits is taken"
            )
        return _union([*types], told)

    def _simplify(self, types: dict[TypeRef, Member]) -> None:
        """Leave out members whose values are those of another member as well."""
        text = Scalar(Kind.STRING)
        open_enum = any(_is_enum(type_, member) for type_, member in types.items())
        if text in types and len(types) > 1:
            # An enum is open: any text is a value of it. A constant is one text of many.
            for type_ in [text] if open_enum else [each for each in types if _is_text_constant(each)]:
                del types[type_]
        numbers = [type_ for type_ in types if isinstance(type_, Scalar) and type_.kind in _NUMBERS]
        whole = _FRACTIONS.isdisjoint(numbers)
        special = next((type_ for type_, member in types.items() if is_special(member)), None)
        if special is not None and not whole:
            # Proto3 JSON: NaN and the infinities are texts.
            member = types.pop(special)
            for type_ in numbers:
                del types[type_]
            types[Scalar(Kind.DOUBLE)] = member
        elif len(numbers) > 1:
            # A number without a format keeps whole numbers whole.
            member = types[numbers[0]]
            for type_ in numbers:
                del types[type_]
            types[Scalar(Kind.INTEGER if whole else Kind.NUMBER)] = member
        if numbers:
            for type_ in _TEXT_NUMBERS & types.keys():
                types.setdefault(text, types.pop(type_))

    def _is_impossible(self, schema: Schema, start: int) -> bool:
        """Return True for a member that no value fits, which is left out: its problems from `start` on are a warning."""
        documents = self.schemas.documents
        new = documents.root.problems[start:]
        if not new or any(each.hint != CONTRADICTION for each in new):
            return False
        del documents.root.problems[start:]
        documents.warn(schema.sites[0].node, f"this member of the union is left out; {new[0].message}")
        return True

    def _type(self, schema: Schema) -> TypeRef | None:
        """Return the type of a member; one that is a component is that component."""
        node = schema.sites[0].node
        if len(schema.sites) == 1 and schema.key == self.schemas.documents.component(node):
            return self.schemas.reference(node, schema.place)
        return self.schemas.type_of(schema)

    def _members(self, schema: Schema, shape: Shape) -> Iterator[tuple[str | None, Schema]]:
        """Yield the schemas of a union with their names: one for each pick of a member of each choice."""
        choices = shape.choices
        omit = schema.omit | {each.id for each in choices}
        base = bool(shape.properties or shape.additional or shape.patterns or shape.items)
        narrowed = shape.types not in (None, ("object",)) or bool(shape.words.keys() & {"format"})
        for picked in itertools.product(*(range(len(each.members)) for each in choices)):
            sites = tuple(choice.members[index] for choice, index in zip(choices, picked, strict=True))
            name = self._name(sites[0].node) if len(sites) == 1 else None
            is_ref = sites[0].node.has("$ref")
            alone = len(sites) == 1 and not base and (is_ref or not (narrowed or shape.required))
            label = "".join(name_of(site, index) for site, index in zip(sites, picked, strict=True))
            place = f"{schema.place}.{label}"
            if alone:
                site = evolve(sites[0], place=place)
                yield name, Schema((site,), self.schemas.documents.key(site.node), place, schema.omit)
            else:
                keys = sorted({self.schemas.documents.key(site.node) for site in (*sites, *schema.sites)})
                key = f"{' & '.join(keys)} without {' '.join(sorted(omit))}"
                moved = tuple(evolve(site, place=place) for site in sites)
                yield name, Schema((*moved, *schema.sites), key, place, omit)

    def _name(self, node: Cursor) -> str | None:
        ref = node.any("$ref")
        return schema_name(ref) if isinstance(ref, str) else None

    def _one_enum(
        self, schema: Schema, shape: Shape, members: Sequence[tuple[str | None, Schema]]
    ) -> TypeRef | None:
        """Return one enum for inline members that are all literals, any text aside; None for any others."""
        # true and 1 are two values.
        docs: dict[tuple[type, JsonScalar], str] = {}
        any_text = null = False
        for name, member in members:
            if name is not None:
                return None
            one = self.schemas.flattener.flat(member)
            if one.contradiction:
                continue
            null = null or one.null is True
            if (
                one.types == ("string",)
                and one.enum is None
                and not one.choices
                and "format" not in one.words
            ):
                any_text = True
                continue
            own = literals(one, self.schemas.documents) if not one.choices else None
            if not own:
                return None
            said = [one.words.get("title"), member.sites[0].node.any("description")]
            doc = ": ".join(each for each in said if isinstance(each, str) and each)
            docs.update(((type(value), value), doc) for value in own)
        values = tuple(value for _, value in docs)
        if not values or (any_text and not all(isinstance(value, str) for value in values)):
            return None
        shape.null = shape.null or null or None
        type_ = literal_type(values)
        if type_ is not None:
            return Scalar(Kind.STRING) if any_text else type_
        self.schemas.enums[schema.key] = Enum(
            place=schema.place,
            values=tuple(EnumValue(wire=text_of(value), doc=doc) for (_, value), doc in docs.items()),
            whole=not isinstance(values[0], str),
            pointer=shape.node.pointer,
        )
        return EnumRef(schema.key)

    def _literals(self, sites: Sequence[Site]) -> tuple[JsonScalar, ...] | None:
        if not sites:
            return None
        together = self.schemas.flattener.flat(Schema(tuple(sites), "", ""))
        if together.enum is not None or not together.choices:
            return literals(together, self.schemas.documents)
        values: dict[tuple[type, JsonScalar], None] = {}
        for shape in itertools.islice(self._shapes(Schema(tuple(sites), "", "")), MAX_MEMBERS):
            own = literals(shape, self.schemas.documents)
            if not own:
                return None
            values.update(dict.fromkeys((type(value), value) for value in own))
        return tuple(value for _, value in values)

    def fits(self, schema: Schema) -> bool:
        """Return True if a schema, or a member of its unions, has no contradiction."""
        return next(self._shapes(schema), None) is not None

    def _shapes(self, schema: Schema, nesting: int = 0) -> Iterator[Shape]:
        """Yield the shapes that a member's values have, those of unions inside it included."""
        shape = self.schemas.flattener.gather(schema)
        children = self.schemas.bases.children(shape, schema.key)
        self.schemas.flattener.follow(shape, schema)
        if shape.contradiction:
            return
        if nesting >= MAX_NESTING:
            yield shape
            return
        if children:
            for child in children.values():
                yield from self._shapes(child, nesting + 1)
            return
        take_groups(shape)
        if not shape.choices or math.prod(len(each.members) for each in shape.choices) > MAX_MEMBERS:
            yield shape
            return
        for _, member in self._members(schema, shape):
            yield from self._shapes(member, nesting + 1)


def _is_enum(type_: TypeRef, member: Member) -> bool:
    """Return True for an open enum of texts, inline or named."""
    if not isinstance(type_, EnumRef | MessageRef):
        return False
    return all(
        len(each.enum or ()) > 1 and all(isinstance(one, str) for one in each.enum or ())
        for each in member.shapes
    )


def _is_text_constant(type_: TypeRef) -> bool:
    return isinstance(type_, Const) and all(isinstance(value, str) for value in type_.values)


def _union(members: Sequence[TypeRef], told: Discrimination) -> TypeRef:
    return members[0] if len(members) == 1 else UnionOf(tuple(members), told)

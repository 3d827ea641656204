"""Unions: by what their members are told apart, the surest way first.

A discriminator, a literal property, the JSON type, required keys, the best fit of keys, and the first that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from attrs import frozen

from ...ir import (
    ByDiscriminator,
    ByJsonType,
    ByKeys,
    ByLiteral,
    Discrimination,
    FirstThatFits,
    JsonScalar,
)
from ..cursor import Cursor
from .shape import Shape, Site

Literals: TypeAlias = Callable[[Sequence[Site]], "tuple[JsonScalar, ...] | None"]
"""The values that a property lists; None where it lists none."""
_EVERY: Final = frozenset({"array", "boolean", "number", "object", "string"})
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,60}", re.ASCII)
SPECIAL: Final = frozenset({"NaN", "Infinity", "-Infinity"})


@frozen
class Member:
    """A member of a union: the shapes that its values have, and its name where a reference gives it one."""

    name: str | None
    shapes: tuple[Shape, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """Return the JSON types of its values; integers are numbers."""
        found: set[str] = set()
        for shape in self.shapes:
            found |= {"number" if each == "integer" else each for each in _kinds(shape)}
        return frozenset(found)

    @property
    def objects(self) -> tuple[Shape, ...]:
        """Return the shapes that are objects."""
        return tuple(shape for shape in self.shapes if "object" in _kinds(shape))


def _kinds(shape: Shape) -> frozenset[str]:
    if shape.enum is not None and shape.types is None:
        names = {
            bool: "boolean",
            str: "string",
            int: "number",
            float: "number",
            dict: "object",
            list: "array",
        }
        return frozenset(names[type(value)] for value in shape.enum)
    return frozenset(shape.kinds) or _EVERY


def tell_apart(members: Sequence[Member], discriminator: Cursor | None, literals: Literals) -> Discrimination:
    """Return the surest way by which members are told apart."""
    objects = {index: member for index, member in enumerate(members) if "object" in member.kinds}
    if discriminator is not None and objects:
        found = by_discriminator(members, discriminator, literals)
        if found is not None:
            return found
    if len(objects) < 2:
        return ByJsonType() if _disjoint([member.kinds for member in members]) else FirstThatFits()
    return _by_literal(objects, literals) or _by_keys(members, objects) or FirstThatFits()


def _disjoint(sets: Sequence[frozenset[Any]]) -> bool:
    return sum(map(len, sets)) == len(frozenset[Any]().union(*sets))


def by_discriminator(
    members: Sequence[Member], discriminator: Cursor, literals: Literals
) -> ByDiscriminator | None:
    """Return the values that lead to each member; None if there is a member that none leads to.

    A member has the values that `mapping` gives it, else the constants of its own property, else its name.
    """
    wire = discriminator.text("propertyName")
    if not wire:
        discriminator.refuse("'propertyName' is missing")
        return None
    mapped = read_mapping(discriminator)
    constants = {
        index: dict.fromkeys(
            value for shape in member.objects for value in literals(shape.properties.get(wire, ())) or ()
        )
        for index, member in enumerate(members)
        if member.objects
    }
    if any(own and not any(isinstance(value, str) for value in own) for own in constants.values()):
        # A discriminator is a text; what tells numbers apart is that they are constants.
        return None
    pairs: dict[str, int] = {}
    shared: dict[str, int] = {}
    for index, own in constants.items():
        name = members[index].name
        values = [value for value, schema in mapped.items() if name is not None and schema == name]
        if not values and own:
            values, others = _own_values(index, constants, name)
            shared = dict.fromkeys(others, index) | shared
            if not values and list(constants.values()).count(own) > 1:
                return None
        elif not values:
            if name is None:
                return None
            values = [name]
        pairs = dict.fromkeys(values, index) | pairs
    pairs = shared | pairs
    return ByDiscriminator(wire, tuple(sorted(pairs.items()))) if pairs else None


def _own_values(
    index: int, constants: Mapping[int, Mapping[JsonScalar, None]], name: str | None
) -> tuple[list[str], list[str]]:
    """Return the constants of a member that no member of as few has, and its others.

    Of constants that all members have from their base, a member has the one that is its name.
    """
    own = [value for value in constants[index] if isinstance(value, str)]
    others = [each for other, each in constants.items() if other != index and len(each) <= len(own)]
    alone = [value for value in own if not any(value in each for each in others)]
    if alone:
        return alone, [value for value in own if value not in alone]
    return [value for value in own if name is not None and _letters(value) == _letters(name)][:1], []


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def read_mapping(discriminator: Cursor) -> Mapping[str, str]:
    """Return the names of the schemas that a discriminator's values lead to."""
    mapping = discriminator.child("mapping")
    if mapping is None:
        return {}
    return {
        value: schema_name(ref)
        for value, ref in cast("dict[str, Any]", mapping.value).items()
        if isinstance(ref, str)
    }


def schema_name(ref: str) -> str:
    """Return the name of the schema that a mapping means: a name, a reference to a component, or to a file."""
    last = ref.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    is_file = "#" not in ref and last.endswith((".json", ".yaml", ".yml"))
    return last.rpartition(".")[0] if is_file else last


def _by_literal(members: Mapping[int, Member], literals: Literals) -> ByLiteral | None:
    """Return the property whose constants tell all objects apart; a required one before another."""
    shapes = [shape for member in members.values() for shape in member.objects]
    common = set(shapes[0].properties).intersection(*(shape.properties for shape in shapes[1:]))
    needed = {wire for wire in common if all(wire in shape.required for shape in shapes)}
    for wire in sorted(common, key=lambda wire: (wire not in needed, wire)):
        found = dict(_values(members, wire, literals))
        if len(found) < len(members):
            continue
        if _disjoint([frozenset((type(value), value) for value in values) for values in found.values()]):
            values = tuple((value, index) for index in found for value in found[index])
            optional = (
                index
                for index, member in members.items()
                if any(wire not in shape.required for shape in member.objects)
            )
            return ByLiteral(wire, values, tuple(optional))
    return None


def _values(
    members: Mapping[int, Member], wire: str, literals: Literals
) -> Iterator[tuple[int, tuple[JsonScalar, ...]]]:
    """Yield the constants that each member has in a property; stops at one that has none."""
    for index, member in members.items():
        values: dict[tuple[type, JsonScalar], None] = {}
        for shape in member.objects:
            own = literals(shape.properties[wire])
            if not own:
                return
            values.update(((type(value), value), None) for value in own)
        yield index, tuple(value for _, value in values)


def _by_keys(members: Sequence[Member], objects: Mapping[int, Member]) -> ByKeys | None:
    """Return the keys that tell objects apart: required ones that no other has, else all that are known."""
    known = {index: frozenset(_union(member, required=False)) for index, member in objects.items()}
    needed = {index: frozenset(_union(member, required=True)) for index, member in objects.items()}
    exact = all(
        needed[one] and not needed[one] <= known[other]
        for one in objects
        for other in objects
        if one != other
    )
    # An object of any keys may have those of the others.
    exact = exact and not any(_is_free(shape) for member in objects.values() for shape in member.objects)
    chosen = needed if exact else known
    if len(set(chosen.values())) < len(chosen):
        return None
    return ByKeys(tuple(chosen.get(index, frozenset()) for index in range(len(members))), exact)


def _union(member: Member, *, required: bool) -> set[str]:
    """Return the keys that a member knows; with `required`, those that all its shapes require."""
    shapes = member.objects
    if not required:
        return {wire for shape in shapes for wire in (*shape.properties, *shape.required)}
    return set(shapes[0].required).intersection(*(shape.required for shape in shapes[1:]))


def _is_free(shape: Shape) -> bool:
    return not shape.properties and not shape.closed


def is_special(member: Member) -> bool:
    """Return True for a member that has no value but NaN and the infinities."""
    return bool(member.shapes) and all(
        each.enum and SPECIAL.issuperset(map(str, each.enum)) for each in member.shapes
    )


def name_of(site: Site, index: int) -> str:
    """Return the word that tells an inline member from the others: of a reference, a title, or its number."""
    value: Any = site.node.value
    stated = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    ref, title = stated.get("$ref"), stated.get("title")
    if isinstance(ref, str):
        return schema_name(ref)
    if isinstance(title, str) and _WORD.fullmatch(title):
        return title
    return f"Option{index + 1}"

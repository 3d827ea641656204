"""Bounds of a value, and of what it holds: of the items of a list, and of the values of a map.

Bounds of a union are those that all members of one JSON type have, at their loosest: a client refuses no value that a
member takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import asdict, evolve

from ...ir import NO_RULES, Rules
from .scalars import is_bytes, read_rules
from .shape import Choice, Shape, Site
from .type_reader import TypeReader

LEVELS: Final = 8
"""Lists inside lists whose bounds are read; an alias may hold itself."""
_MEMBER_LEVELS: Final = 3
"""Lists and unions inside the members of a union whose bounds are read."""
_LOOSEST: Final = {
    "text": {"min_length": min, "max_length": max, "pattern": None},
    "number": {
        "minimum": min,
        "maximum": max,
        "exclusive_minimum": min,
        "exclusive_maximum": max,
        "multiple_of": None,
    },
    "sized": {"min_items": min, "max_items": max, "items": None},
}
"""Bounds by the values that they hold for, with the loosest of several; None: they have to be the same."""
_VALUES: Final = {"string": "text", "integer": "number", "number": "number", "array": "sized"}


def rules_of(schemas: TypeReader, shape: Shape, levels: int = LEVELS) -> Rules:
    """Return the bounds of a value, and of what it holds where it is a list, a map or a union."""
    own = read_rules(shape, schemas.documents)
    # The unions of an object with properties are of messages, or say which properties are there.
    for choice in () if shape.properties else shape.choices:
        own = _both(own, _of_union(schemas, choice, min(levels, _MEMBER_LEVELS)))
    if shape.prefix:
        return _with_places(schemas, own, shape, levels)
    inner = rules_held(schemas, () if shape.properties else shape.items or shape.additional, levels)
    return evolve(own, items=inner) if inner.present else own


def rules_held(schemas: TypeReader, sites: Sequence[Site], levels: int = LEVELS) -> Rules:
    """Return the bounds of a value that some schemas hold for together."""
    if not sites or not levels:
        return NO_RULES
    schema = schemas.together(sites, "")
    key = (schema.key, levels)
    if key not in schemas.held_rules:
        problems = schemas.documents.root.problems
        start = len(problems)
        schemas.held_rules[key] = NO_RULES
        schemas.held_rules[key] = rules_of(schemas, schemas.flattener.flat(schema), levels - 1)
        del problems[start:]  # the type of the value has them already
    return schemas.held_rules[key]


def _with_places(schemas: TypeReader, own: Rules, shape: Shape, levels: int) -> Rules:
    """Return the bounds of a list with a schema for each place; where it may have fewer items, those that all share."""
    sites = [*((site,) for site in shape.prefix or ()), *((tuple(shape.items),) if shape.items else ())]
    places = tuple(rules_held(schemas, each, levels) for each in sites)
    if shape.is_tuple:
        return evolve(own, places=places) if any(each.present for each in places) else own
    shapes = [schemas.flattener.flat(schemas.together(each, "")) for each in sites]
    is_open = not shape.ends and not shape.items
    inner = NO_RULES if is_open else _loosest(zip(map(_values, shapes), places, strict=True))
    return evolve(own, items=inner) if inner.present else own


def _of_union(schemas: TypeReader, choice: Choice, levels: int) -> Rules:
    if not levels:
        return NO_RULES
    sites = [(site,) for site in choice.members]
    shapes = [schemas.flattener.flat(schemas.together(each, "")) for each in sites]
    rules = [rules_held(schemas, each, levels) for each in sites]
    return _loosest(zip(map(_values, shapes), rules, strict=True))


def _values(shape: Shape) -> frozenset[str]:
    """Return the values that a schema takes, as far as bounds tell them apart."""
    found = set[str]()
    if not shape.kinds or shape.choices:
        return frozenset(_LOOSEST)
    if is_bytes(shape) or ("object" in shape.kinds and not shape.properties):
        found.add("sized")
    return frozenset(found | {_VALUES[kind] for kind in shape.kinds if kind in _VALUES})


def _loosest(members: Iterable[tuple[frozenset[str], Rules]]) -> Rules:
    """Return the bounds that all members of a union have that take such values."""
    known = tuple(members)
    found: dict[str, Any] = {}
    for values, names in _LOOSEST.items():
        rules = [rules for taken, rules in known if values in taken]
        for name, choose in names.items():
            stated = [getattr(each, name) for each in rules]
            if not stated or None in stated:
                continue
            if choose is not None:
                found[name] = choose(stated)
            elif all(each == stated[0] for each in stated):
                found[name] = stated[0]
    if "pattern" in found:
        found["pattern_is_linear"] = all(rules.pattern_is_linear for _, rules in known)
    return Rules(**found)


def _both(own: Rules, other: Rules) -> Rules:
    """Return the bounds of a value that two of them hold for; its own before those of its members."""
    stated: Mapping[str, Any] = asdict(other, recurse=False)
    added = {
        name: value
        for name, value in stated.items()
        if name != "pattern_is_linear" and value not in (None, ()) and getattr(own, name) in (None, ())
    }
    if "pattern" in added:
        added["pattern_is_linear"] = other.pattern_is_linear
    return evolve(own, **added) if added else own

"""A schema with its `allOf` flattened: all that it says of one value, wherever it says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import Factory, define, frozen

from ..cursor import Cursor

CONTRADICTION: Final = "no value fits both"
"""The hint of a problem that two schemas contradict one another."""


@define(eq=False)
class Site:
    """A schema at its place in the document. `place` is where an inline type would be named for."""

    node: Cursor
    place: str

    def below(self, *path: str | int, place: str | None = None) -> Site:
        """Return the schema below, by the keys that lead there."""
        node = self.node
        for key in path:
            node = node.at(key, node.value[key])
        return Site(node, self.place if place is None else place)


@define(eq=False)
class Schema:
    """Schemas that hold of one value together, mostly a single one.

    `key` and `place` are those of the type that it makes. `omit` holds the unions, by pointer, that are being taken
    apart and are left out here.
    """

    sites: tuple[Site, ...]
    key: str
    place: str
    omit: frozenset[str] = frozenset()


@frozen
class Choice:
    """A `oneOf` or `anyOf` of several schemas, without null."""

    node: Cursor
    keyword: str
    members: tuple[Site, ...]
    discriminator: Cursor | None

    @property
    def id(self) -> str:
        """Return where the union is."""
        return f"{self.node.source}#{self.node.pointer}/{self.keyword}"


@frozen
class Target:
    """The schema that a `$ref` leads to, and the keys of those that led there."""

    node: Cursor
    place: str
    trail: tuple[str, ...]


@define
class Shape:
    """What schemas say of one value, in the words of OpenAPI 3.1."""

    node: Cursor
    """Where problems are reported."""
    types: tuple[str, ...] | None = None
    """JSON types without null; None: none is stated."""
    null: bool | None = None
    """Whether null is allowed; None: nothing is said."""
    enum: tuple[Any, ...] | None = None
    """Values without null, of `enum` or of `const`."""
    properties: dict[str, list[Site]] = Factory(dict[str, list[Site]])
    required: set[str] = Factory(set[str])
    additional: list[Site] = Factory(list[Site])
    closed: bool = False
    """`additionalProperties` is false."""
    patterns: list[Site] = Factory(list[Site])
    items: list[Site] = Factory(list[Site])
    prefix: list[Site] | None = None
    ends: bool = False
    """Nothing follows `prefixItems`."""
    choices: list[Choice] = Factory(list[Choice])
    targets: list[Target] = Factory(list[Target])
    """References that are not followed yet."""
    discriminator: Cursor | None = None
    """Of a schema that others extend: one without a union."""
    words: dict[str, Any] = Factory(dict[str, Any])
    """Annotations, formats and bounds: the outermost of each keyword."""
    never: bool = False
    """No value fits (`false`)."""
    contradiction: str = ""
    """What two of the schemas say that no value fits; empty for nothing."""
    is_lenient: bool = False
    """Of two scalar types, or two lists of values, that contradict one another the first holds, which is the nearer."""
    overruled: str = ""
    """The contradiction that ended so; empty for none."""
    structural: bool = False
    """Something beside references says a type."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the JSON types of the value, inferred where none is stated; () is any."""
        if self.types is not None:
            return self.types
        if self.properties or self.additional or self.patterns or self.required or self.closed:
            return ("object",)
        if self.items or self.prefix is not None or "minItems" in self.words or "maxItems" in self.words:
            return ("array",)
        if "pattern" in self.words or "maxLength" in self.words or "minLength" in self.words:
            return ("string",)
        if any(key in self.words for key in ("minimum", "maximum", "multipleOf")):
            return ("number",)
        return ()

    @property
    def is_tuple(self) -> bool:
        """Return True for a list that has an item for each schema of `prefixItems`."""
        least = self.words.get("minItems")
        return bool(self.prefix) and not (isinstance(least, int) and least < len(self.prefix or ()))

    def text(self, keyword: str) -> str:
        """Return an annotation; empty for one that is no text."""
        value = self.words.get(keyword)
        return value if isinstance(value, str) else ""

    def narrow(self, types: tuple[str, ...]) -> None:
        """Hold the value to these types as well."""
        if self.types is None:
            self.types = types
            return
        both = tuple(each for each in self.types if each in types)
        if "integer" not in both and {"integer", "number"} <= {*self.types, *types}:
            both = (*both, "integer")
        if not both:
            words = f"contradiction: {_words(self.types)} and {_words(types)}"
            if self.is_lenient and _SCALARS.issuperset((*self.types, *types)):
                self.overruled = words
                return
            self.contradiction = words
        self.types = both

    def limit(self, values: tuple[Any, ...]) -> None:
        """Hold the value to these values as well."""
        if self.enum is None:
            self.enum = values
            return
        both = tuple(each for each in self.enum if any(is_same(each, other) for other in values))
        if not both and (values or self.enum):
            words = "contradiction: two enums without a value in common"
            if self.is_lenient:
                self.overruled = words
                return
            self.contradiction = words
        self.enum = both

    def say(self, keyword: str, value: Any) -> None:
        """Keep an annotation, or a bound: the outermost text, and the narrower of two bounds."""
        known = self.words.get(keyword)
        if known is None:
            self.words[keyword] = value
        elif keyword in _LOWEST or keyword in _HIGHEST:
            if _is_number(known) and _is_number(value):
                self.words[keyword] = (min if keyword in _LOWEST else max)(known, value)
        elif isinstance(known, bool) and isinstance(value, bool):
            self.words[keyword] = known or value


_SCALARS: Final = frozenset({"boolean", "integer", "number", "string"})
_COMPARED: Final = 8
"""Schemas of one place that another one is compared with, which takes as long as they are large."""
_LOWEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems"})
_HIGHEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _words(types: Iterable[str]) -> str:
    return " or ".join(sorted(types)) or "nothing"


def is_same(one: Any, other: Any) -> bool:
    """Return True if two JSON values are equal: true is not 1, while 1.0 is."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def add_site(known: list[Site], site: Site) -> None:
    """Add a schema to those of one place, unless it says the same as one of the first of them."""
    value = site.node.value
    if not known or not any(
        each.node.value is value or is_equal(each.node.value, value) for each in known[:_COMPARED]
    ):
        known.append(site)


def is_equal(one: Any, other: Any) -> bool:
    """Return True if two schemas are the same. Python's 1 is its True, JSON's is not."""
    return one == other and repr(one) == repr(other)


def narrowest(shapes: Sequence[Shape]) -> list[int]:
    """Return which of some shapes say something beside the others: an object that another one covers does not."""
    left = [*range(len(shapes))]
    for index in reversed(range(len(shapes))):
        if any(other != index and _covers(shapes[other], shapes[index]) for other in left):
            left.remove(index)
    return left


def _covers(narrow: Shape, wide: Shape) -> bool:
    """Return True if one object has all that another one asks for, with types of its own."""
    if narrow.kinds != ("object",) or wide.kinds != ("object",) or narrow.choices or wide.choices:
        return False
    if wide.additional or wide.patterns or wide.enum is not None or narrow.null != wide.null:
        return False
    return bool(narrow.properties) and wide.properties.keys() <= narrow.properties.keys()

"""Schemas as types: named ones by their component, inline ones by where they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from attrs import field, frozen

from ...ir import Alias, Const, Enum, EnumRef, Message, MessageRef, Nullable, Rules, TypeRef
from ...problem import Problem
from ..cursor import Cursor
from .all_of import Flattener
from .bases import OWN, Bases
from .bounds import rules_of
from .choices import Choices
from .groups import take_groups
from .lists import Lists
from .objects import Objects
from .places import distinct_place, place_of
from .properties import Property, stated_property
from .references import Documents
from .scalars import (
    ANY,
    ScalarWords,
    enum_of,
    literal_type,
    literals,
    nullable,
    read_scalar,
    scalar_words,
)
from .shape import CONTRADICTION, Schema, Shape, Site, Target, narrowest

MAX_DEPTH: Final = 40
"""Inline schemas inside one another; a document of 64 levels has half as many, unless overlaps add to them."""


@frozen
class _Read:
    """An inline schema that was read: its type, its own words, and the problems of its reading."""

    type: TypeRef | None
    shape: Shape
    problems: tuple[Problem, ...]


@frozen(eq=False)
class Schemas:
    """The named types that were read so far, by the keys of a draft, and the problems of each."""

    documents: Documents
    flattener: Flattener
    bases: Bases
    messages: dict[str, Message] = field(factory=dict[str, Message])
    enums: dict[str, Enum] = field(factory=dict[str, Enum])
    aliases: dict[str, Alias] = field(factory=dict[str, Alias])
    faults: dict[str, tuple[Problem, ...]] = field(factory=dict[str, "tuple[Problem, ...]"])
    held_rules: dict[tuple[str, int], Rules] = field(factory=dict[tuple[str, int], Rules])
    """Bounds by the key of a schema, and the levels that are read of it."""
    _known: dict[str, _Read] = field(factory=dict[str, "_Read"])
    """Types of inline schemas, by key: one that several schemas inherit is read once."""
    _failed: list[str] = field(factory=list[str])
    """Those with problems."""
    _scalars: dict[ScalarWords, Property] = field(factory=dict[ScalarWords, Property])
    """Inline scalars and references by their words, which most schemas of a large document are; those with nothing to report."""
    _null: dict[str, bool] = field(factory=dict[str, bool])
    _waiting: list[Schema] = field(factory=list[Schema])
    _named: set[str] = field(factory=set[str])
    _places: set[str] = field(factory=set[str])
    _open: dict[str, bool] = field(factory=dict[str, bool])
    """Inline schemas that are being read, and whether they hold themselves."""

    def read_components(self) -> None:
        """Read the document's own component schemas, and all that they refer to."""
        for name, node in self.bases.components.items():
            self._name(node, name)
        self.read_waiting()

    def read_waiting(self) -> None:
        """Read the named schemas that were referred to, and those that these refer to."""
        problems = self.documents.root.problems
        while self._waiting:
            schema = self._waiting.pop()
            start = len(problems)
            self.flattener.overrides.settled(partial(self._read_named, schema), self._forget)
            found = tuple(problems[start:])
            del problems[start:]
            if found:
                self.faults[schema.key] = found

    def _forget(self) -> None:
        """Forget the inline schemas that had problems."""
        while self._failed:
            self._known.pop(self._failed.pop(), None)

    def settled_type(self, schema: Schema) -> TypeRef | None:
        """Return the type of a schema of an operation, where the nearer of two contradictory schemas holds."""
        return self.flattener.overrides.settled(partial(self.type_of, schema), self._forget)

    def _name(self, node: Cursor, place: str) -> str:
        """Return the key of a schema that is referred to, and see that it is read."""
        key = self.documents.key(node)
        if key not in self._named:
            self._named.add(key)
            place = (
                place if self.documents.is_root(node) else distinct_place(node.source, place, self._places)
            )
            self._places.add(place)
            self._waiting.append(Schema((Site(node, place),), key, place))
        return key

    def _read_named(self, schema: Schema) -> None:
        """Read a named schema: a message, an enum, or an alias of any other type."""
        key, node = schema.key, schema.sites[0].node
        shape = self.flattener.gather(schema)
        children = self.bases.children(shape, key)
        if children:
            type_: TypeRef | None = Choices(self).of_children(shape, children)
        else:
            type_ = self._of_shape(schema, shape)
        if type_ in (MessageRef(key), EnumRef(key)) and (key in self.messages or key in self.enums):
            return
        if not self._allows_null(node, schema.place):
            type_ = nullable(type_, shape)
        self.aliases[key] = Alias(
            place=schema.place,
            type=type_,
            rules=rules_of(self, shape),
            doc=shape.text("description"),
            deprecated=shape.words.get("deprecated") is True,
            pointer=node.pointer,
        )

    def reference(self, node: Cursor, place: str) -> TypeRef:
        """Return a reference to a schema, which is null as well where the schema allows it."""
        type_ = MessageRef(self._name(node, place))
        return Nullable(type_) if self._allows_null(node, place) else type_

    def _allows_null(self, node: Cursor, place: str) -> bool:
        key = self.documents.key(node)
        if key not in self._null:
            self._null[key] = False
            schema = Schema((Site(node, place),), key, place)
            self._null[key] = self.flattener.flat(schema).null is True
        return self._null[key]

    def type_of(self, schema: Schema) -> TypeRef | None:
        """Return the type of a schema; None after a problem. Inline objects and enums are added under its key."""
        if scalar_words(schema.sites) is None:
            return self._typed_inline(schema)[0]
        return self.property_of(schema.sites, schema.place).type

    def property_of(self, sites: Sequence[Site], place: str) -> Property:
        """Return the type of schemas that hold together, with their bounds and annotations."""
        words = scalar_words(sites)
        known = None if words is None else self._scalars.get(words)
        if known is None:
            reported = len(self.documents.root.problems), len(self.documents.warnings)
            known = stated_property(self, *self._typed_inline(self.together(sites, place)))
            if words and (len(self.documents.root.problems), len(self.documents.warnings)) == reported:
                self._scalars[words] = known
        return known

    def _typed_inline(self, schema: Schema) -> tuple[TypeRef | None, Shape]:
        key, problems = schema.key, self.documents.root.problems
        known = self._known.get(key)
        if known is not None:
            problems.extend(known.problems)
            return known.type, known.shape
        shape = self.flattener.gather(schema)
        if key in self._open:
            self._open[key] = True
            return MessageRef(key), shape
        if len(self._open) >= MAX_DEPTH:
            shape.node.refuse(f"inline schemas nested deeper than {MAX_DEPTH}")
            return None, shape
        start = len(problems)
        self._open[key] = False
        type_ = nullable(self._of_shape(schema, shape), shape)
        if self._open.pop(key) and not (key in self.messages or key in self.enums):
            self.aliases[key] = Alias(place=schema.place, type=type_, pointer=shape.node.pointer)
            type_ = MessageRef(key)
        # A problem of one schema comes back from each of its users: kept once, or they would double at every level.
        self._known[key] = _Read(type_, shape, tuple(dict.fromkeys(problems[start:])))
        if len(problems) > start:
            self._failed.append(key)
        return type_, shape

    def _of_shape(self, schema: Schema, shape: Shape) -> TypeRef | None:
        target = self._only_target(shape)
        if target is not None and not self._is_child(schema, target):
            type_ = self.reference(target.node, target.place)
            stated = shape.null is False
            return type_.type if stated and isinstance(type_, Nullable) else type_
        self.flattener.follow(shape, schema)
        if shape.contradiction and len(schema.sites) == 1:
            alone = self._reference_alone(schema.sites[0].node, shape)
            if alone is not None:
                return alone
        return self.typed(schema, shape)

    def _reference_alone(self, node: Cursor, shape: Shape) -> TypeRef | None:
        """Return what a reference of OpenAPI 3.0 leads to, where what stands beside it contradicts it and means nothing."""
        ref = node.any("$ref")
        if not isinstance(ref, str) or not self.documents.version(node).startswith("3.0"):
            return None
        target = self.documents.target(node, ref)
        if target is None:
            return None
        words = f"{shape.contradiction}; what stands beside a $ref means nothing in OpenAPI 3.0"
        self.documents.warn(node, words)
        return self.reference(target, place_of(target.source, target.pointer))

    def _is_child(self, schema: Schema, target: Target) -> bool:
        """Return True for a component that is one of those which its own base, the target, stands for."""
        own, key = schema.key.removesuffix(OWN), self.documents.key(target.node)
        if own not in self.bases.components or not self.bases.extends(own, key):
            return False
        base = self.flattener.gather(Schema((Site(target.node, target.place),), key, target.place))
        return own in self.bases.children(base, key)

    def _only_target(self, shape: Shape) -> Target | None:
        """Return the one schema that a schema stands for; None where it says more, or is no reference."""
        if not shape.targets or shape.structural or shape.choices:
            return None
        targets = {self.documents.key(each.node): each for each in shape.targets}
        for key in tuple(targets):
            if any(other != key and self.bases.extends(other, key) for other in targets):
                del targets[key]
        return next(iter(targets.values())) if len(targets) == 1 else None

    def typed(self, schema: Schema, shape: Shape) -> TypeRef | None:
        """Return the type of a shape whose references were followed."""
        if shape.contradiction:
            shape.node.refuse(shape.contradiction, CONTRADICTION)
            return None
        if shape.overruled:
            self.documents.warn(shape.node, f"{shape.overruled}; the nearer holds")
        choices = Choices(self)
        groups = take_groups(shape)
        if shape.choices:
            return choices.union(schema, shape)
        values = literals(shape, self.documents)
        if values:
            return self._literal(schema, shape, values)
        if shape.enum == () and shape.null:
            return Const((None,))
        kinds = shape.kinds
        if len(kinds) > 1:
            return choices.of_types(schema, shape, kinds)
        if not kinds:
            return Const((None,)) if shape.types == () and shape.null else ANY
        if kinds[0] == "array":
            return Lists(self).typed(schema, shape)
        if kinds[0] == "object":
            return Objects(self).typed(schema, shape, groups)
        return read_scalar(kinds[0], shape, self.documents)

    def _literal(self, schema: Schema, shape: Shape, values: tuple[Any, ...]) -> TypeRef:
        type_ = literal_type(values)
        if type_ is not None:
            return type_
        self.enums[schema.key] = enum_of(shape, schema.place, values)
        return EnumRef(schema.key)

    def joined(self, sites: Sequence[Site], place: str) -> TypeRef | None:
        """Return the type of schemas that hold together; any value, where there are none."""
        return self.type_of(self.together(sites, place)) if sites else ANY

    def together(self, sites: Sequence[Site], place: str) -> Schema:
        """Return the schema of a value that several schemas hold for; a single one keeps its own place."""
        left = sites if len(sites) == 1 else self._narrowest(sites)
        if len(left) > 1 and self.flattener.overrides.has(left[0].node):
            left = self.flattener.overrides.consistent(left, self._fit)
        if len(left) == 1:
            return Schema(tuple(left), self.documents.key(left[0].node), left[0].place)
        keys = sorted({self.documents.key(site.node) for site in left})
        return Schema(tuple(Site(each.node, place) for each in left), " & ".join(keys), place)

    def _fit(self, sites: Sequence[Site]) -> bool:
        """Return True if a value may fit some schemas together."""
        problems = self.documents.root.problems
        start = len(problems)
        fits = Choices(self).fits(Schema(tuple(sites), "", ""))
        del problems[start:]
        return fits

    def _narrowest(self, sites: Sequence[Site]) -> Sequence[Site]:
        """Leave out schemas of objects that say nothing beside another one, which has all their properties."""
        shapes = [self.flattener.flat(Schema((site,), self.documents.key(site.node), "")) for site in sites]
        return [sites[index] for index in narrowest(shapes)]

"""Flattening: a schema's own keywords, those of its `allOf`, and those that its references lead to, in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from attrs import Factory, field, frozen

from ...problem import Problem, SpecError
from ..cursor import Cursor
from .keywords import Keywords
from .overrides import Overrides
from .places import place_of
from .references import MAX_CHAIN, Documents
from .shape import Choice, Schema, Shape, Site, Target
from .version import modern
from .vocabulary import ANNOTATIONS, SCHEMA, UNREAD

LEAST_STEPS: Final = 20_000
BYTES_A_STEP: Final = 20
"""Bound of the schemas that are flattened for one document, each as often as it is read: it grows with the text.

GitHub's, the largest that was measured, has 13 MB and takes 20,000 steps.
"""
_STRUCTURAL: Final = frozenset(
    [
        "enum",
        "const",
        "format",
        "contentEncoding",
        "contentMediaType",
        "properties",
        "patternProperties",
        "items",
        "prefixItems",
    ]
)
_REFERENCES: Final = frozenset(("$ref", "$dynamicRef", "$recursiveRef"))
_OBJECT: Final = frozenset(
    ("properties", "required", "additionalProperties", "patternProperties", "discriminator")
)
_WORDS: Final = frozenset(
    [
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "format",
        "contentEncoding",
        "contentMediaType",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
    ]
)
_OF_REFERENCE: Final = _WORDS - {"title", "description", "deprecated", "default"}
"""The words that a reference passes on of its target; the rest is said of the target's own type."""


@frozen(eq=False)
class Flattener:
    """Flattens the schemas of a document."""

    documents: Documents
    size: int
    """Bytes of the document, and of those beside it."""
    _keywords: Keywords = field(
        init=False, default=Factory(lambda self: Keywords(self.documents), takes_self=True)
    )
    overrides: Overrides = field(
        init=False, default=Factory(lambda self: Overrides(self.documents), takes_self=True)
    )
    _steps: list[int] = field(factory=lambda: [0])

    def gather(self, schema: Schema) -> Shape:
        """Return what a schema says itself and in its `allOf`; references are left to be followed."""
        node = schema.sites[0].node
        # A schema without a key is looked at, and makes no type.
        shape = Shape(node, is_lenient=bool(schema.key) and self.overrides.has(node))
        votes = [
            self._take(shape, site, schema, (self.documents.key(site.node),), _WORDS) for site in schema.sites
        ]
        shape.null = True if True in votes else False if False in votes else None
        return shape

    def flat(self, schema: Schema) -> Shape:
        """Return what a schema says, with all references followed."""
        shape = self.gather(schema)
        self.follow(shape, schema)
        return shape

    def follow(self, shape: Shape, schema: Schema) -> None:
        """Follow the references of a shape, which adds what their targets say."""
        done: set[str] = set()
        votes: list[bool | None] = []
        while shape.targets:
            target = shape.targets.pop(0)
            key = self.documents.key(target.node)
            if key in target.trail or len(target.trail) > MAX_CHAIN:
                shape.node.refuse(
                    f"a reference cycle, or more than {MAX_CHAIN} references in a row",
                    f"at {target.node.pointer}",
                )
            elif key not in done:
                done.add(key)
                site = Site(target.node, target.place)
                inner = Schema((site,), key, target.place, schema.omit)
                votes.append(self._take(shape, site, inner, (*target.trail, key), _OF_REFERENCE))
        if shape.null is None:
            shape.null = False if False in votes else True if True in votes else None
        if done:
            own = {self.documents.key(site.node) for site in schema.sites} | {schema.key}
            shape.choices = [each for each in shape.choices if not self._is_member(own, each)]

    def _is_member(self, own: set[str], choice: Choice) -> bool:
        """Return True if a schema is a member of a union that it got from its own base."""
        return any(
            self.documents.key(target) in own
            for member in choice.members
            if member.node.has("$ref") and (target := self._target(member.node)) is not None
        )

    def _target(self, node: Cursor) -> Cursor | None:
        ref = node.text("$ref")
        return None if ref is None else self.documents.target(node, ref)

    def _take(
        self, shape: Shape, site: Site, schema: Schema, trail: tuple[str, ...], words: frozenset[str]
    ) -> bool | None:
        """Add what one schema says. Returns whether it allows null; None where it says nothing of it."""
        self._count(site)
        value = site.node.value
        if value is False:
            shape.never = True
        elif value is None:
            self.documents.warn(site.node, "an empty schema is any value")
        elif value is not True and not isinstance(value, dict):
            site.node.refuse("expected a schema")
        if not isinstance(value, dict) or not value:
            return None
        stated = modern(self.documents.check(site.node, SCHEMA))
        keys = stated.keys()
        for keyword in () if UNREAD.isdisjoint(keys) else sorted(UNREAD & keys):
            self.documents.warn(site.node.at(keyword, None), f"{keyword!r} is not read: the type is wider")
        for keyword in words & keys:
            shape.say(keyword, stated[keyword])
        shape.structural = shape.structural or not _STRUCTURAL.isdisjoint(keys)
        if not _REFERENCES.isdisjoint(keys):
            self._references(shape, site, stated, trail)
        own = self._keywords.types(shape, site, stated)
        if "enum" in keys or "const" in keys:
            own = self._keywords.values(shape, site, stated, own)
        if not _OBJECT.isdisjoint(keys):
            self._keywords.object(shape, site, stated)
        if "items" in keys or "prefixItems" in keys:
            self._keywords.array(shape, site, stated)
        votes: list[bool | None] = []
        if "oneOf" in keys or "anyOf" in keys:
            votes.append(self._choices(shape, site, schema, stated, trail, words))
        members = self._list(site, "allOf", stated)
        # The last is the nearest where they contradict one another.
        nearest = reversed(members) if shape.is_lenient else members
        votes += [self._take(shape, each, schema, trail, words) for each in nearest]
        if own is not None:
            return own
        return False if False in votes else True if True in votes else None

    def _count(self, site: Site) -> None:
        self._steps[0] += 1
        most = LEAST_STEPS + self.size // BYTES_A_STEP
        if self._steps[0] > most:
            words = f"flattening takes more than {most} steps"
            raise SpecError([Problem(site.node.source, site.node.pointer, words)])

    def _list(self, site: Site, keyword: str, stated: Mapping[str, Any]) -> list[Site]:
        if keyword not in stated:
            return []
        if not isinstance(stated[keyword], list):
            site.node.at(keyword, None).refuse("expected a list of schemas")
            return []
        return [site.below(keyword, index) for index in range(len(stated[keyword]))]

    def _references(
        self, shape: Shape, site: Site, stated: Mapping[str, Any], trail: tuple[str, ...]
    ) -> None:
        target = self._target(site.node) if "$ref" in stated else None
        for keyword in ("$dynamicRef", "$recursiveRef"):
            if keyword in stated:
                target = self._enclosing(site.node, keyword)
        if target is not None:
            shape.targets.append(Target(target, place_of(target.source, target.pointer), trail))

    def _enclosing(self, node: Cursor, keyword: str) -> Cursor | None:
        """Return what a dynamic reference leads to: the one schema of its anchor, or the component around one to its own top."""
        stated = node.any(keyword)
        if (
            keyword == "$dynamicRef"
            and isinstance(stated, str)
            and stated.startswith("#")
            and len(stated) > 1
        ):
            return self.documents.target(node, stated)
        parts = node.pointer.split("/")
        if stated == "#" and parts[1:3] == ["components", "schemas"] and len(parts) > 4:
            return self.documents.target(node, f"#{'/'.join(parts[:4])}")
        node.at(keyword, None).refuse(f"{keyword} is not read", "use $ref")
        return None

    def _choices(
        self,
        shape: Shape,
        site: Site,
        schema: Schema,
        stated: Mapping[str, Any],
        trail: tuple[str, ...],
        words: frozenset[str],
    ) -> bool | None:
        """Read `oneOf` and `anyOf`. One with a single member beside null is that member."""
        null: bool | None = None
        for keyword in ("oneOf", "anyOf"):
            members = self._list(site, keyword, stated)
            real = tuple(each for each in members if not self._is_null(each.node))
            if len(real) < len(members):
                null = True
            real = tuple(each for each in real if each.node.value is not False)
            choice = Choice(site.node, keyword, real, site.node.child("discriminator"))
            if choice.id in schema.omit or not real:
                continue
            if len(real) > 1:
                shape.choices.append(choice)
                continue
            for only in real:
                vote = self._take(shape, only, schema, trail, words)
                null = null or vote
        return null

    def _is_null(self, node: Cursor) -> bool:
        """Return True for a schema that only null fits, or a reference to one."""
        stated = node.members or {}
        target = self._target(node) if stated.keys() == {"$ref"} else None
        return is_null(node.value if target is None else target.value)


def is_null(value: Any) -> bool:
    """Return True for a schema that only null fits."""
    if not isinstance(value, dict):
        return False
    stated = cast("dict[str, Any]", value)
    if "const" in stated:
        return stated["const"] is None
    if stated.get("nullable") is True and stated.keys() - ANNOTATIONS == {"nullable"}:
        return True
    return stated.get("type", "") in (None, "null", ["null"], [None]) or stated.get("enum") == [None]

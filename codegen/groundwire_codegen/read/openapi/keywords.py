"""The keywords of one schema that say types, values, properties and items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from attrs import frozen

from ..cursor import as_list
from .references import Documents
from .shape import Shape, Site, add_site
from .vocabulary import MEANT, TYPES

_SINGLE: Final = TYPES - {"null"}


@frozen
class Keywords:
    """Adds what the keywords of a schema say to a shape. `stated` is the schema in the words of 3.1."""

    documents: Documents

    def types(self, shape: Shape, site: Site, stated: Mapping[str, Any]) -> bool | None:
        """Read `type`. Returns whether it allows null."""
        own = True if "nullable" in stated else None
        if site.node.value.get("nullable") is True and (
            "$ref" in stated or not self.documents.version(site.node).startswith("3.0")
        ):
            self.documents.warn(site.node, "'nullable' means nothing here; it is read as: or null")
        if "type" not in stated:
            return own
        if stated["type"].__class__ is str and stated["type"] in _SINGLE:
            shape.narrow((stated["type"],))
            return own or False
        types = as_list(stated["type"]) or [stated["type"]]
        if None in types:
            self.documents.warn(site.node.at("type", None), "null is read as the type 'null'")
        names = [self._meant(shape, site, "null" if each is None else each) for each in types]
        unknown = [each for each in names if not isinstance(each, str) or each not in TYPES]
        if unknown:
            site.node.at("type", unknown).refuse(
                f"unknown type {str(unknown[0])[:80]!r}",
                f"one of {', '.join(sorted(TYPES))}",
                construct=str(unknown[0]),
            )
            return own
        plain = tuple(dict.fromkeys(each for each in names if each != "null"))
        if plain and not (set(plain) >= TYPES - {"null", "integer"}):
            shape.narrow(plain)
        elif not plain and shape.types is None:
            shape.types = ()
        return own or "null" in names

    def _meant(self, shape: Shape, site: Site, name: Any) -> Any:
        """Return a type; of a word that is none, the type that it means, whose format is then said."""
        if not isinstance(name, str) or name in TYPES:
            return name
        lower = name.lower()
        meant, format_ = (lower, "") if lower in TYPES else MEANT.get(lower, (name, ""))
        if meant in TYPES:
            self.documents.warn(site.node.at("type", name), f"type {name[:80]!r} is read as {meant!r}")
        if format_:
            shape.say("format", format_)
        return meant

    def values(self, shape: Shape, site: Site, stated: Mapping[str, Any], null: bool | None) -> bool | None:
        """Read `enum` and `const`. Returns whether null is allowed by them, or by the type."""
        if "const" in stated:
            values: list[Any] = [stated["const"]]
        elif "enum" in stated:
            if not isinstance(stated["enum"], list):
                site.node.at("enum", None).refuse("expected a list")
                return null
            values = as_list(stated["enum"])
            if not values:
                self.documents.warn(site.node.at("enum", None), "an enum without values is ignored")
                return null
        else:
            return null
        if None in values and null is not True:
            null = True
        present = tuple(each for each in values if each is not None)
        if present or shape.enum is None or "const" in stated:
            shape.limit(present)
        return null

    def object(self, shape: Shape, site: Site, stated: Mapping[str, Any]) -> None:
        """Read the keywords of objects."""
        if properties := self._mapping(site, "properties", stated):
            node = site.node.at("properties", site.node.value["properties"])
            if isinstance(node.value.get("$ref"), str):
                node = self.documents.followed(node, "all properties")
                properties = sorted(node.members or {})
            for wire in properties:
                below = Site(node.at(wire, node.value[wire]), f"{site.place}.{wire}")
                add_site(shape.properties.setdefault(wire, []), below)
        required = as_list(stated.get("required"))
        if all(isinstance(each, str) for each in required) and isinstance(stated.get("required", []), list):
            shape.required.update(required)
            shape.structural |= bool(required)
        else:
            self.documents.warn(site.node.at("required", None), "expected a list of property names; ignored")
        extra = stated.get("additionalProperties")
        if extra is False:
            shape.closed = True
        elif isinstance(extra, dict) and extra:
            shape.structural = True
            add_site(shape.additional, site.below("additionalProperties", place=f"{site.place}{{}}"))
        elif extra is not None and not isinstance(extra, dict | bool):
            site.node.at("additionalProperties", None).refuse("expected a schema, true or false")
        for pattern in self._mapping(site, "patternProperties", stated):
            add_site(shape.patterns, site.below("patternProperties", pattern, place=f"{site.place}{{}}"))
        if "discriminator" in stated and not {"oneOf", "anyOf"} & stated.keys():
            shape.discriminator = shape.discriminator or site.node.child("discriminator")

    def _mapping(self, site: Site, keyword: str, stated: Mapping[str, Any]) -> list[str]:
        value = stated.get(keyword)
        if value is None:
            return []
        if isinstance(value, dict):
            return sorted(cast("dict[str, Any]", value))
        site.node.at(keyword, None).refuse("expected an object")
        return []

    def array(self, shape: Shape, site: Site, stated: Mapping[str, Any]) -> None:
        """Read `items` and `prefixItems`."""
        old = isinstance(site.node.value.get("items"), list)
        rest, prefix = ("additionalItems", "items") if old else ("items", "prefixItems")
        if as_list(stated.get("prefixItems")):
            shape.prefix = [
                site.below(prefix, index, place=f"{site.place}[{index}]")
                for index in range(len(as_list(stated["prefixItems"])))
            ]
        items = stated.get("items")
        if items is False:
            shape.ends = True
        elif items is not None and items is not True:
            add_site(shape.items, site.below(rest, place=f"{site.place}[]"))

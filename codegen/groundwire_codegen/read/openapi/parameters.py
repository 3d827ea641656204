"""Parameters of operations: in a path, a query, a header or a cookie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import evolve, field, frozen

from ...ir import (
    NO_RULES,
    Encoding,
    Kind,
    ListOf,
    Location,
    Nullable,
    Parameter,
    Scalar,
    Style,
    TypeRef,
)
from ..cursor import Cursor, as_list
from .bounds import rules_of
from .places import place_of
from .scalars import ANY, STRING, STRUCT, default_of, literals, read_scalar, text_of
from .schemas import Schemas
from .shape import Schema, Shape, Site
from .vocabulary import PARAMETER, media_encoding

_VARIABLE: Final = re.compile(r"\{([^{}/?#]*)\}")
_STYLES: Final = {
    Location.PATH: (Style.SIMPLE, Style.LABEL, Style.MATRIX),
    Location.QUERY: (Style.FORM, Style.SPACE, Style.PIPE, Style.DEEP),
    Location.HEADER: (Style.SIMPLE,),
    Location.COOKIE: (Style.FORM,),
}
"""Styles by location; the first is the default."""
_MEANT: Final = {
    **dict.fromkeys((Location.QUERY, Location.COOKIE), (Style.SIMPLE, Style.FORM)),
    **dict.fromkeys((Location.PATH, Location.HEADER), (Style.FORM, Style.SIMPLE)),
}
"""A style that is none of a location, and the one that it means there: a list with commas."""
_COMPONENTS: Final = "/components/"
_IGNORED: Final = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that the specification ignores (4.8.12.1)."""
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}", re.ASCII)


def variables(path: str) -> tuple[str, ...]:
    """Return the variables of a path template, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(path)))


@frozen
class Parameters:
    """Reads the parameters of operations."""

    schemas: Schemas
    _shared: dict[tuple[str, str], Parameter | None] = field(
        factory=dict[tuple[str, str], "Parameter | None"]
    )
    """Parameters of `components`, by document and pointer; those with no problem to report."""

    def read(self, nodes: Sequence[Cursor], path: str, place: str) -> tuple[Parameter, ...]:
        """Return the parameters of a path and of its operation, the last of `nodes`: required ones first, others sorted."""
        operation = nodes[-1]
        found: dict[tuple[str, Location], Parameter] = {}
        for node in nodes:
            found.update(self._rows(node, place))
        wanted = variables(path)
        for wire in wanted:
            if (wire, Location.PATH) not in found:
                self._warn(operation, f"path variable {wire[:80]!r} is not declared; it is read as a text")
                found[wire, Location.PATH] = _undeclared(wire, operation)
        for wire, location in tuple(found):
            if location is Location.PATH and wire not in wanted:
                self._warn(operation, f"path parameter {wire[:80]!r} is not in the path; ignored")
                del found[wire, location]
        required = [each for each in found.values() if each.required]
        others = [each for each in found.values() if not each.required]
        return (*required, *sorted(others, key=lambda each: (each.wire, each.location)))

    def _warn(self, node: Cursor, message: str) -> None:
        self.schemas.documents.warn(node, message)

    def _rows(self, node: Cursor, place: str) -> dict[tuple[str, Location], Parameter]:
        found: dict[tuple[str, Location], Parameter] = {}
        stated = node.any("parameters")
        if stated is not None and not isinstance(stated, list):
            node.at("parameters", None).refuse("expected a list of parameters")
        for index, value in enumerate(as_list(stated)):
            row = self.schemas.documents.resolve(node.at("parameters", None).at(index, value))
            each = None if row is None else self._component(row, place)
            if each is None:
                continue
            # The names of headers have no case.
            key = each.wire.lower() if each.location is Location.HEADER else each.wire, each.location
            if key in found:
                self._warn(node, f"parameter {each.wire[:80]!r} is declared twice; the last is read")
            found[key] = each
        return found

    def _component(self, node: Cursor, place: str) -> Parameter | None:
        """Read a parameter; one that many operations share once."""
        if not node.pointer.startswith(_COMPONENTS):
            return self._parameter(node, place)
        key, problems = (node.source, node.pointer), len(node.problems)
        if key in self._shared:
            return self._shared[key]
        found = self._parameter(node, place)
        if len(node.problems) == problems:
            self._shared[key] = found
        return found

    def _parameter(self, node: Cursor, place: str) -> Parameter | None:
        """Read a parameter; None for one that is ignored, or after a problem."""
        self.schemas.documents.check(node, PARAMETER)
        wire, where = node.required("name"), node.required("in")
        if where not in _STYLES:
            if where:
                node.at("in", where).refuse(
                    f"unknown location {where[:80]!r}", "path, query, header or cookie"
                )
            return None
        location = Location(where)
        if location is Location.HEADER and wire.lower() in _IGNORED:
            return None
        if not wire or (location in (Location.HEADER, Location.COOKIE) and not _HEADER.fullmatch(wire)):
            node.at("name", wire).refuse(f"{wire[:80]!r} is no name of a {where} parameter")
            return None
        if node.pointer.startswith(_COMPONENTS):
            place = place_of(node.source, node.pointer)
        else:
            place = f"{place}.parameters.{wire}"
        media_type, holder = self._content(node)
        is_json = media_type is not None and media_encoding(media_type) in (Encoding.JSON, None)
        style, explode = (Style.CONTENT, False) if is_json else self._style(node, location)
        site = Site(holder, place).below("schema") if holder is not None and holder.has("schema") else None
        schema = None if site is None else Schema((site,), self.schemas.documents.key(site.node), place)
        found = self._made(node, wire, location, style, explode, schema)
        if (
            media_type is None
            or is_json
            or (isinstance(found.type, Scalar) and found.type not in (ANY, STRUCT))
        ):
            return found
        # A value of any other media type is a text that the caller writes.
        return evolve(found, type=STRING, values=())

    def _style(self, node: Cursor, location: Location) -> tuple[Style, bool]:
        """Return how a parameter is written; a style that its location does not have is refused."""
        allowed = _STYLES[location]
        stated = node.text("style") or allowed[0]
        wrong, meant = _MEANT[location]
        if stated == wrong and stated not in allowed:
            self._warn(node, f"style {stated!r} is none of a {location} parameter; it is read as {meant!r}")
            return meant, node.flag("explode")
        if stated not in allowed:
            node.at("style", stated).refuse(
                f"style {stated[:80]!r} is none of a {location} parameter", f"one of {', '.join(allowed)}"
            )
            stated = allowed[0]
        style = Style(stated)
        explode = node.flag("explode") if node.has("explode") else style is Style.FORM
        return style, explode or style is Style.DEEP

    def _content(self, node: Cursor) -> tuple[str | None, Cursor | None]:
        """Return the media type of a parameter, None where it has a style, and the node that has its schema."""
        content = node.child("content")
        if content is None:
            return None, node
        if len(content.value) != 1:
            self._warn(content, "expected one media type; the first is read")
        media_type = next(iter(content.value), "*/*")
        return media_type, content.child(media_type)

    def _made(
        self,
        node: Cursor,
        wire: str,
        location: Location,
        style: Style,
        explode: bool,
        schema: Schema | None,
    ) -> Parameter:
        untyped = ANY if style is Style.CONTENT else STRING
        type_, values, shape = (untyped, (), None) if schema is None else self._type(schema)
        if schema is None and node.has("type"):
            self._warn(node, "a type beside 'schema' is ignored")
        default = None if shape is None else default_of(shape)
        return Parameter(
            wire=wire,
            location=location,
            type=type_,
            style=style,
            explode=explode,
            reserved=node.any("allowReserved") is True,
            values=values,
            required=location is Location.PATH or node.any("required") is True,
            rules=NO_RULES if shape is None else rules_of(self.schemas, shape),
            default=None if default is None else text_of(default),
            deprecated=node.any("deprecated") is True
            or (shape is not None and shape.words.get("deprecated") is True),
            doc=self.schemas.documents.words(node, "description") or _doc(shape),
            pointer=node.pointer,
        )

    def _type(self, schema: Schema) -> tuple[TypeRef, tuple[str, ...], Shape]:
        """Return the type of a parameter: scalars, lists of them, and enums of texts are resolved; nulls mean nothing."""
        shape = self.schemas.flattener.flat(schema)
        plain = self._plain(shape)
        if plain is not None:
            return *plain, shape
        if shape.kinds == ("array",) and not shape.choices and not shape.prefix and len(shape.items) == 1:
            site = shape.items[0]
            inner = Schema((site,), self.schemas.documents.key(site.node), site.place)
            item = self._plain(self.schemas.flattener.flat(inner))
            if item is not None:
                return ListOf(item[0]), item[1], shape
        type_ = self.schemas.settled_type(schema)
        if isinstance(type_, Nullable):
            type_ = type_.type
        return STRING if type_ is None else type_, (), shape

    def _plain(self, shape: Shape) -> tuple[TypeRef, tuple[str, ...]] | None:
        """Return a scalar with its known values; None for any other type."""
        if shape.choices or shape.contradiction or len(shape.kinds) > 1:
            return None
        values = literals(shape, self.schemas.documents)
        if values and all(isinstance(each, str) for each in values):
            return STRING, tuple(text_of(each) for each in values)
        kind = next(iter(shape.kinds), None)
        if kind is None or kind in ("array", "object") or (values and not shape.types):
            return None
        return read_scalar(kind, shape, self.schemas.documents), ()


def _doc(shape: Shape | None) -> str:
    value = None if shape is None else shape.words.get("description")
    return value if isinstance(value, str) else ""


def _undeclared(wire: str, node: Cursor) -> Parameter:
    return Parameter(
        wire=wire,
        location=Location.PATH,
        type=Scalar(Kind.STRING),
        style=Style.SIMPLE,
        explode=False,
        required=True,
        pointer=node.pointer,
    )

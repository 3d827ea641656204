"""Bodies: contents of requests and of answers, by media type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, cast

from attrs import evolve, field, frozen

from ...ir import NO_RULES, Body, Content, Encoding, Kind, Part, Response, Rules, Scalar, Style, TypeRef
from ..cursor import Cursor
from .binaries import as_text
from .bounds import rules_held
from .places import place_of
from .scalars import ANY, STRING
from .schemas import Schemas
from .shape import CONTRADICTION, Schema, Site, is_equal
from .vocabulary import BODY, MEDIA_TYPE, PART, RESPONSE, media_encoding

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9*!#$&^_.+-]+(/[A-Za-z0-9*!#$&^_.+-]+)?( *;[ -~]*)?", re.ASCII)
_STATUS: Final = re.compile(r"[1-5]([0-9][0-9]|XX|xx)", re.ASCII)
_BINARY: Final = Scalar(Kind.BINARY)
_JSON_PATCH: Final = re.compile(r"(?i:application/json-patch\+json) *(;.*)?", re.ASCII)
_BOUNDED: Final = (Encoding.JSON, Encoding.TEXT)
_SUCCESS: Final = (200, 299)
_BODILESS: Final = ((204, 204), (205, 205), (304, 304))
"""Statuses of answers that have no body in HTTP (RFC 9110, 15.3.5, 15.3.6, 15.4.5)."""
_FIRST_TYPE: Final = re.compile(
    r"([A-Za-z0-9*!#$&^_.+-]+/[A-Za-z0-9*!#$&^_.+-]+)\s*(:|,\s*([A-Za-z0-9._-]+=[^\s,;]+))\s*", re.ASCII
)
"""A media type with a colon behind it, or with a parameter behind a comma."""


@frozen
class Bodies:
    """Reads the bodies of requests and answers."""

    schemas: Schemas
    _shared: dict[tuple[str, str], tuple[Content, ...]] = field(
        factory=dict[tuple[str, str], "tuple[Content, ...]"]
    )
    """Contents of the responses of `components`, by document and pointer; those with no problem to report."""

    def read_request(self, operation: Cursor, place: str) -> Body | None:
        """Return the request body of an operation."""
        stated = operation.child("requestBody")
        node = None if stated is None else self.schemas.documents.resolve(stated)
        if node is None:
            return None
        self.schemas.documents.check(node, BODY)
        contents = self._contents(node, _home(node, f"{place}.request"), answer=False)
        if not contents:
            if node.any("content"):
                node.at("content", None).refuse("no media type is left to send the body as")
            elif node.has("content"):
                self.schemas.documents.warn(node, "a body without a media type is none")
            return None
        return Body(contents=contents, required=node.any("required") is True)

    def read_responses(self, operation: Cursor, place: str) -> tuple[Response, ...]:
        """Return the answers of an operation by status, sorted. `default` is the success as well, where no success and no redirect is stated."""
        stated = operation.child("responses")
        if stated is not None:
            stated = self.schemas.documents.followed(stated, "all responses")
        found: dict[tuple[int, int], Cursor] = {}
        members = {} if stated is None else stated.members or {}
        for status in sorted(members):
            node = (stated or operation).at(status, members[status])
            if status.startswith("x-"):
                continue
            bounds = _bounds(status)
            if bounds is None:
                node.refuse(
                    f"{status[:80]!r} is no status", "a code such as 200, a range such as 4XX, or default"
                )
                continue
            if node.value is None:
                self.schemas.documents.warn(node, "an empty response is one without a body")
                node = evolve(node, value={})
            if not isinstance(node.value, dict):
                node.refuse("expected an object")
                continue
            found.setdefault(bounds, node)
        successes = sorted(bounds for bounds in found if bounds[0] >= 200 and bounds[1] <= 299)
        is_redirect = any(300 <= low <= high < 400 for low, high in found)
        if not successes and not is_redirect and (100, 599) in found:
            successes = [_SUCCESS]
            found[_SUCCESS] = found[100, 599]
        first = (200, 200) if (200, 200) in found else next(iter(successes), None)
        return tuple(
            self._response(node, bounds, f"{place}.response{'' if bounds == first else _label(bounds)}")
            for bounds, node in sorted(found.items(), key=lambda row: row[0])
        )

    def _response(self, stated: Cursor, bounds: tuple[int, int], place: str) -> Response:
        node = self.schemas.documents.resolve(stated)
        contents: tuple[Content, ...] = ()
        if node is not None:
            start = len(node.problems)
            contents = () if bounds in _BODILESS else self._response_contents(node, place)
            if bounds in _BODILESS and node.any("content"):
                words = f"an answer of status {bounds[0]} has no body; what is stated of one is ignored"
                self.schemas.documents.warn(node.at("content", None), words)
            if bounds[1] > _SUCCESS[1] and bounds != _SUCCESS:
                self._pass_contradictions(node, start)
        return Response(low=bounds[0], high=bounds[1], contents=contents)

    def _response_contents(self, node: Cursor, place: str) -> tuple[Content, ...]:
        key, start = (node.source, node.pointer), len(node.problems)
        if key in self._shared:
            return self._shared[key]
        self.schemas.documents.check(node, RESPONSE)
        contents = self._contents(node, _home(node, place), answer=True)
        if len(node.problems) == start and node.pointer.startswith("/components/"):
            self._shared[key] = contents
        return contents

    def _pass_contradictions(self, node: Cursor, start: int) -> None:
        """Make the contradictions of an error's schema warnings: what it states is left out, the method stays."""
        new = node.problems[start:]
        if new and all(each.hint == CONTRADICTION for each in new):
            del node.problems[start:]
            for each in new:
                self.schemas.documents.warn(
                    Cursor(None, each.source, each.pointer, []), f"left out of an error; {each.message}"
                )

    def _contents(self, node: Cursor, place: str, *, answer: bool) -> tuple[Content, ...]:
        content = node.child("content")
        if content is None:
            return ()
        found: list[Content] = []
        read: list[tuple[Any, TypeRef | None]] = []
        for media_type in cast("dict[str, Any]", content.value):
            inner = content.child(media_type) if content.has(media_type) else content.at(media_type, {})
            if inner is None:
                continue
            self.schemas.documents.check(inner, MEDIA_TYPE)
            stated = inner.any("schema")
            # A schema that several media types repeat is one type.
            known = [type_ for other, type_ in read if is_equal(other, stated)]
            type_ = known[0] if known else self._type(inner, f"{place}.{media_type}" if read else place)
            read.append((stated, type_))
            found += (
                self._content(inner, each, type_, answer=answer)
                for each in self._media_types(inner, media_type)
            )
        return tuple(found)

    def _media_types(self, node: Cursor, stated: str) -> tuple[str, ...]:
        """Return the media type that a key states, or the several of a list. One that is none is left out."""
        if _MEDIA_TYPE.fullmatch(stated):
            return (stated,)
        meant = _FIRST_TYPE.fullmatch(stated)
        if meant is not None:
            read = f"{meant[1]}; {meant[3]}" if meant[3] else meant[1]
            self.schemas.documents.warn(node, f"{stated[:80]!r} is read as {read[:80]!r}")
            return (read,)
        several = tuple(each.strip() for each in stated.split(","))
        if all(_MEDIA_TYPE.fullmatch(each) for each in several):
            self.schemas.documents.warn(node, f"{stated[:80]!r} is read as {len(several)} media types")
            return several
        self.schemas.documents.warn(node, f"{stated[:80]!r} is no media type; it is left out")
        return ()

    def _content(self, node: Cursor, media_type: str, type_: TypeRef | None, *, answer: bool) -> Content:
        encoding = media_encoding(media_type)
        if encoding is Encoding.TEXT and "yaml" in media_type and not answer and type_ not in (None, STRING):
            # JSON is YAML.
            encoding = Encoding.JSON
        elif encoding is None:
            plain = type_ in (None, STRING, _BINARY, ANY)
            encoding = Encoding.BYTES if plain else Encoding.JSON
        if not answer and _JSON_PATCH.fullmatch(media_type) and not self._has_operations(node):
            encoding, type_ = Encoding.PATCH, ANY
        if encoding is Encoding.BYTES:
            type_ = _BINARY
        elif encoding is Encoding.TEXT:
            type_ = STRING
        elif type_ is not None and encoding not in (Encoding.FORM, Encoding.MULTIPART):
            type_ = as_text(type_)
        parts: tuple[Part, ...] = ()
        if encoding in (Encoding.FORM, Encoding.MULTIPART):
            parts = tuple(self._parts(node))
        return Content(
            media_type=media_type,
            type=ANY if type_ is None else type_,
            encoding=encoding,
            parts=parts,
            rules=NO_RULES if answer or encoding not in _BOUNDED else self._rules(node),
        )

    def _rules(self, node: Cursor) -> Rules:
        """Return the bounds of a body."""
        return rules_held(self.schemas, (Site(node, "").below("schema"),)) if node.has("schema") else NO_RULES

    def _has_operations(self, node: Cursor) -> bool:
        """Return True where a schema types the items of a list, the operations of a patch."""
        for key in ("schema", "items"):
            below = node.child(key) if isinstance(node.any(key), dict) else None
            found = None if below is None else self.schemas.documents.resolve(below)
            if found is None:
                return False
            node = found
        return any(node.has(key) for key in ("properties", "oneOf", "anyOf", "allOf"))

    def _type(self, node: Cursor, place: str) -> TypeRef | None:
        if not node.has("schema"):
            return None
        site = Site(node, place).below("schema")
        schema = Schema((site,), self.schemas.documents.key(site.node), place)
        return self.schemas.settled_type(schema)

    def _parts(self, node: Cursor) -> Iterator[Part]:
        for wire, child in node.children("encoding"):
            self.schemas.documents.check(child, PART)
            # One of the three keys is enough: the others have their defaults then (3.1.1, 4.8.15.1.2).
            is_styled = any(child.has(each) for each in ("style", "explode", "allowReserved"))
            style = child.text("style") or "form"
            if style not in (Style.FORM, Style.SPACE, Style.PIPE, Style.DEEP):
                child.at("style", style).refuse(f"style {style[:80]!r} is none of a form")
                style = "form"
            yield Part(
                wire=wire,
                content_type=child.text("contentType"),
                style=Style(style) if is_styled else None,
                explode=child.flag("explode") if child.has("explode") else style == "form",
                reserved=child.flag("allowReserved"),
            )


def _home(node: Cursor, place: str) -> str:
    """Return the place of a body: that of the component, where it is one."""
    return place_of(node.source, node.pointer) if node.pointer.startswith("/components/") else place


def _bounds(status: str) -> tuple[int, int] | None:
    """Return the statuses that a key of `responses` means; None for what is no status."""
    if status == "default":
        return 100, 599
    if not _STATUS.fullmatch(status):
        return None
    if status[1:].upper() == "XX":
        return int(status[0]) * 100, int(status[0]) * 100 + 99
    return int(status), int(status)


def _label(bounds: tuple[int, int]) -> str:
    low, high = bounds
    return str(low) if low == high else "Default" if bounds == (100, 599) else f"{low // 100}XX"

"""Bodies of requests, read by media type and held to their schemas."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast
from urllib.parse import unquote_plus

from attrs import frozen
from groundwire_codegen.ir import Encoding, Kind, Location, Parameter, Part, Scalar
from groundwire_codegen.read.openapi.references import Documents
from groundwire_codegen.read.openapi.vocabulary import media_encoding

from ..exchange import Exchange, JsonValue
from ..rules.error_bodies import Fault, Refusal
from .media import MediaType, chosen, media_type
from .multipart import MAX_PARTS, BodyPart, MalformedError, body_parts
from .operations import DescribedContent, Operation
from .parameters import StyledReader
from .schemas import NAME_UNKNOWN, flaws
from .texts import fitting, parsed_json, scalars
from .views import View, view

Value: TypeAlias = "JsonValue | bytes"
_EMPTY: Final = (Encoding.FORM, Encoding.TEXT, Encoding.BYTES, Encoding.LINES)
_MERGE_PATCH: Final = "application/merge-patch+json"
_NO_CHARSETS: Final = ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
_INVALID: Final = "openapi-body-invalid"
UNKNOWN: Final = "openapi-name-unknown"
"""The rule of a member that a schema does not let in, whatever its value."""


@frozen(kw_only=True)
class ReadBody:
    """A body as a JSON value, or bytes for what is no JSON; `given` is False where there is none."""

    value: Value = None
    given: bool = False
    faults: tuple[Fault, ...] = ()


def read_request_body(documents: Documents, operation: Operation, exchange: Exchange) -> ReadBody | Refusal:
    """Read the body of a request, or refuse its media type or its form."""
    if not operation.body:
        return ReadBody()
    stated = exchange.headers.get("content-type")
    described = None if stated is None else chosen(operation.body, stated)
    # An empty text is a form without names, or a text: who says so sends a body.
    may_be_empty = described is not None and described.content.encoding in _EMPTY
    if not exchange.length and not may_be_empty:
        missing = Fault(rule="openapi-body-missing", message="The body is required.")
        return ReadBody(faults=(missing,) if operation.body_required else ())
    coding = exchange.headers.get("content-encoding", "identity").strip().lower()
    if described is None or coding != "identity" or stated is None:
        known = ", ".join(each.content.media_type for each in operation.body)
        what = f"content encoding {coding!r}" if coding != "identity" else f"content type {stated!r}"
        message = f"A body of {what} is not taken. {operation.method.id} takes {known}."
        return Refusal(rule="openapi-media-type", code=415, message=message, headers=(("accept", known),))
    try:
        value, found = read_content(documents, described, exchange.body, media_type(stated), sent=True)
    except MalformedError as error:
        return Refusal(rule="openapi-body-malformed", code=400, message=f"The body cannot be read: {error}.")
    return ReadBody(value=value, given=True, faults=found)


def read_content(
    documents: Documents, described: DescribedContent, data: bytes, type_: MediaType, *, sent: bool
) -> tuple[Value, tuple[Fault, ...]]:
    """Return the value of a body and its faults. Raises MalformedError."""
    schema = described.schema
    seen = view(documents, schema)
    match _encoding(described, type_):
        case Encoding.JSON | Encoding.PATCH:
            value: Value = _json(data)
            if type_.name == _MERGE_PATCH:
                return value, tuple(_faults(documents, schema, _left_by(value), sent, ""))
        case Encoding.LINES:
            lines = [line for line in data.replace(b"\x1e", b"\n").split(b"\n") if line.strip()]
            found = [(index, _json(line)) for index, line in enumerate(lines)]
            return [each for _, each in found], tuple(
                fault
                for index, each in found
                for fault in _faults(documents, schema, each, sent, f"/{index}")
            )
        case Encoding.FORM:
            value = _form(data, seen, described.content.parts)
        case Encoding.MULTIPART:
            value = _multipart(data, type_, seen)
        case Encoding.TEXT:
            text = _text(data, type_.parameter("charset") or "utf-8")
            value = fitting(list(scalars(text, seen.kinds)), seen, text)
        case _:
            return data, ()
    return value, tuple(_faults(documents, schema, value, sent, ""))


def _encoding(described: DescribedContent, type_: MediaType) -> Encoding:
    """Return how a body is read: under a range such as `*/*`, by the media type that it has."""
    content = described.content
    return content.encoding if "*" not in content.media_type else media_encoding(type_.name) or Encoding.BYTES


def _faults(documents: Documents, schema: Any, value: Any, sent: bool, at: str) -> list[Fault]:
    return [
        Fault(
            rule=UNKNOWN if each.keyword == NAME_UNKNOWN else _INVALID,
            message=each.message,
            path="body",
            pointer=at + each.pointer,
        )
        for each in flaws(documents, schema, value, sent=sent)
    ]


def _left_by(patch: Any) -> Any:
    """Return a merge patch without its nulls: they remove members, whatever schema these have (RFC 7396 2)."""
    if not isinstance(patch, dict):
        return patch
    members = cast("dict[str, Any]", patch)
    return {name: _left_by(value) for name, value in members.items() if value is not None}


def _text(data: bytes, charset: str) -> str:
    """Return a text. Encodings of Python alone are none of HTTP; some take a time that grows with the square of the text."""
    try:
        name = codecs.lookup(charset).name.replace("_", "-")
        if name in _NO_CHARSETS:
            raise LookupError(f"unknown encoding: {charset[:80]}")
        return data.decode(name)
    except (ValueError, LookupError) as error:
        raise MalformedError(str(error)) from None


def _json(data: bytes) -> Any:
    try:
        return parsed_json(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise MalformedError(f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise MalformedError(f"no JSON: {error}") from None


def _form(data: bytes, seen: View, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the members of a form: each property by its style where `encoding` states one, by its content type otherwise."""
    pieces = [piece.partition("=") for piece in data.decode("utf-8", "replace").split("&") if piece]
    if len(pieces) > MAX_PARTS:
        raise MalformedError(f"more than {MAX_PARTS} values")
    raw = [(unquote_plus(name), text) for name, _, text in pieces]
    styled = {part.wire: part.style for part in parts if part.style is not None}
    claimed: set[str] = set()
    found: dict[str, Any] = {}
    for part in parts:
        inner = seen.member(part.wire)
        if part.style is None or inner is None:
            continue
        parameter = Parameter(
            wire=part.wire,
            location=Location.QUERY,
            type=Scalar(Kind.ANY),
            style=part.style,
            explode=part.explode,
        )
        others = frozenset(seen.properties) - {part.wire}
        candidates = StyledReader(parameter, inner, others).candidates(raw, claimed)
        if candidates:
            found[part.wire] = fitting(candidates, inner, candidates[0])
    plain: dict[str, list[str]] = {}
    for name, text in raw:
        if name not in claimed and name not in styled:
            plain.setdefault(name, []).append(unquote_plus(text))
    return found | {
        name: _property(texts, seen.member(name) or seen.below([])) for name, texts in plain.items()
    }


def _property(texts: Sequence[str], seen: View) -> Any:
    """Return a property out of the texts of its name: those of an array are its items."""
    if seen.is_free:
        return texts[0] if len(texts) == 1 else list(texts)
    items = [_item(text, seen.item(index)) for index, text in enumerate(texts)]
    if "array" not in seen.kinds:
        return _item(texts[0], seen) if len(texts) == 1 else items
    return items if len(texts) > 1 else fitting([items, *_items(texts[0], seen)], seen, items)


def _item(text: str, seen: View) -> Any:
    """Return the value of one text."""
    found = _items(text, seen)
    return fitting(found, seen, found[0])


def _items(text: str, seen: View) -> list[Any]:
    """Return the values that a text may be: JSON where the schema has objects or arrays, else scalars."""
    composite = not seen.is_free and seen.kinds & {"object", "array"}
    return [*([_part_json(text)] if composite else []), *scalars(text, seen.kinds)]


def _part_json(text: str) -> Any:
    try:
        return parsed_json(text)
    except ValueError:
        return text


def _multipart(data: bytes, type_: MediaType, seen: View) -> dict[str, Any]:
    """Return the parts of a multipart body by name. A file is a text of its bytes, one character each."""
    found: dict[str, list[Any]] = {}
    for part in body_parts(data, type_):
        found.setdefault(part.name, []).append(_part(part, _one(seen.member(part.name) or seen.below([]))))
    return {name: _joined_parts(values, seen.member(name)) for name, values in found.items()}


def _one(seen: View) -> View:
    """Return the view of one part: an array is a part for each item."""
    return seen.item(0) if "array" in seen.kinds and not seen.is_free else seen


def _joined_parts(values: list[Any], seen: View | None) -> Any:
    is_list = len(values) > 1 or (seen is not None and "array" in seen.kinds and not seen.is_free)
    return values if is_list and not (len(values) == 1 and isinstance(values[0], list)) else values[0]


def _part(part: BodyPart, seen: View) -> Any:
    """Return the value of one part: JSON by its content type, a file as it is, or a text by its schema."""
    kind = "" if part.type is None else part.type.name
    if kind == "application/json" or kind.endswith("+json"):
        return _json(part.content)
    if part.is_file or kind == "application/octet-stream":
        return part.content.decode("latin-1")
    return _item(part.content.decode("utf-8", "replace"), seen)

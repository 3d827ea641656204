"""Redaction of recorded exchanges: only what the contract documents is kept.

Other headers, parameters and fields keep their name and lose their value. The body of an unknown path, such
as that of a token request, is dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from attrs import evolve
from groundwire_codegen.ir import Kind, Method

from ..contract import Contract
from ..exchange import (
    REDACTED,
    Exchange,
    JsonObject,
    JsonValue,
    Pairs,
    is_credential,
    public_headers,
    public_query,
)
from ..service import DISCOVERY
from ..validate.bodies import MAX_FORM_NAMES, is_form, media_type_refusal, read_body
from ..validate.parameters import query_parameters
from ..validate.route import find
from ..validate.shapes import AnyShape, FieldShape, ListShape, MapShape, MessageShape, ScalarShape, Shape
from .answer import is_media
from .journal import Content, ForwardedExchange, decoded

_ERROR: Final = frozenset({"code", "message", "status", "details", "errors"})
_WORD: Final = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|[^u])|[A-Za-z0-9_+/=~$.-]+")
"""A word, or an escape of JSON, which is kept."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\.?")
_PAIR: Final = re.compile(r"[\w\"']\s*[:=]\s*[\w\"']")
"""Places where text may assign a value to a name."""
_KEYWORDS: Final = frozenset(
    {"true", "false", "null", "NaN", "Infinity", "-Infinity", ".", "-", "+", "=", "/", "~"}
)
_Keep: TypeAlias = "Collection[str]"


class Redaction:
    """Redacts everything that the contract does not document."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        shapes = contract.shapes[contract.api.version]
        slots = [(name, slot) for record in shapes.records.values() for name, slot in record.slots.items()]
        enums = (value.wire for enum in contract.api.enums.values() for value in enum.values)
        self._words = _KEYWORDS.union((name for name, _ in slots), enums)

    def kept(self, forwarded: ForwardedExchange) -> ForwardedExchange:
        """Return an exchange with only what may be recorded."""
        route = find(self._contract.routes, forwarded.verb, forwarded.path)
        headers = public_headers(forwarded.headers)
        if route is None:
            is_document = (forwarded.verb, forwarded.path) == ("GET", DISCOVERY)
            query = public_query(forwarded.query)
            answer = forwarded.answer if is_document else _dropped(forwarded.answer)
            return evolve(
                forwarded, query=query, headers=headers, body=_dropped(forwarded.body), answer=answer
            )
        records = self._contract.shapes[route.version].records
        request, response = route.method.request, route.method.response
        return evolve(
            forwarded,
            query=public_query(forwarded.query, query_parameters(route.method)),
            headers=headers,
            body=self._body(forwarded, route.method, records[request] if request else None),
            answer_headers=_uncoded(forwarded.answer_headers),
            answer=self._answer(forwarded, route.method, records[response] if response else None),
        )

    def _body(self, forwarded: ForwardedExchange, method: Method, record: MessageShape | None) -> Content:
        content = forwarded.body
        if not content.kept:
            return content
        exchange = Exchange(
            verb=forwarded.verb,
            path=forwarded.path,
            headers={name.lower(): value for name, value in forwarded.headers},
            body=content.kept,
            length=content.length,
        )
        if record is None:
            return _dropped(content)
        if is_form(exchange):
            return _changed(content, _form(content.kept, query_parameters(method)))
        if media_type_refusal(exchange) is not None and forwarded.headers:
            return _dropped(content)
        return self._json(content, content.kept, method, record)

    def _answer(self, forwarded: ForwardedExchange, method: Method, record: MessageShape | None) -> Content:
        coding = next(
            (value for name, value in forwarded.answer_headers if name.lower() == "content-encoding"), None
        )
        data = decoded(forwarded.answer.kept, coding)
        if not data:
            return _dropped(forwarded.answer) if data is None else forwarded.answer
        if forwarded.status is not None and forwarded.status >= 400:
            return self._error(forwarded.answer, data)
        if record is None or is_media(self._contract, method, forwarded.query):
            return _dropped(forwarded.answer)
        return self._json(forwarded.answer, data, method, record)

    def _json(self, content: Content, data: bytes, method: Method, record: MessageShape) -> Content:
        value = read_body(data)
        if not isinstance(value, dict):
            return _changed(content, self._masked(data))
        envelope = method.envelope
        if envelope is not None and isinstance(value.get(envelope), dict):
            kept: JsonObject = dict.fromkeys(value, REDACTED)
            kept[envelope] = _message(record, value[envelope])
        else:
            kept = _object(record, value)
        return self._written(content, data, value, kept)

    def _error(self, content: Content, data: bytes) -> Content:
        value = read_body(data)
        if not isinstance(value, dict):
            return _changed(content, self._masked(data))
        kept: JsonObject = {name: REDACTED if name != "error" else item for name, item in value.items()}
        error = value.get("error")
        if isinstance(error, dict):
            kept["error"] = {name: item if name in _ERROR else REDACTED for name, item in error.items()}
        return self._written(content, data, value, kept)

    def _written(self, content: Content, data: bytes, value: JsonObject, kept: JsonObject) -> Content:
        """Return a body with the values that may be kept; as sent if nothing was removed."""
        if kept == value:
            return _changed(content, data)
        try:
            return _changed(content, json.dumps(kept, allow_nan=False).encode("ascii"))
        except (ValueError, RecursionError):
            return _changed(content, self._masked(data))

    def _masked(self, data: bytes) -> bytes:
        """Mask a text that is not a JSON object: keep words of the contract, numbers and punctuation.

        A text that assigns no value to a name is kept.
        """
        text = data.decode("utf-8", "surrogateescape")
        if _PAIR.search(text) is None:
            return data
        return _WORD.sub(self._word, text).encode("utf-8", "surrogateescape")

    def _word(self, match: re.Match[str]) -> str:
        word = match[0]
        if word.startswith("\\") or word in self._words or (len(word) < 20 and _NUMBER.fullmatch(word)):
            return word
        return REDACTED


def _message(shape: Shape, value: JsonValue) -> JsonValue:
    """Return a value with the members that its shape documents."""
    if isinstance(shape, ListShape):
        items = value if isinstance(value, list) else [value]
        kept = [_message(shape.item, item) for item in items]
        return kept if isinstance(value, list) else kept[0]
    if isinstance(value, list):
        return value if _is_free(shape) else []
    if not isinstance(value, dict):
        return value
    if isinstance(shape, MapShape):
        return {name: _message(shape.value, item) for name, item in value.items()}
    if isinstance(shape, MessageShape):
        return _object(shape, value)
    if isinstance(shape, AnyShape):
        url = value.get("@type")
        known = shape.known.get(url) if isinstance(url, str) else None
        rest = {name: item for name, item in value.items() if name != "@type"}
        inner = _object(known, rest) if known is not None else dict.fromkeys(rest, REDACTED)
        return {"@type": url, **inner} if "@type" in value else {**inner}
    if isinstance(shape, ScalarShape) and shape.kind is Kind.FIELD_MASK:
        return {name: item if name == "paths" else REDACTED for name, item in value.items()}
    return value if _is_free(shape) else dict.fromkeys(value, REDACTED)


def _is_free(shape: Shape) -> bool:
    """Return True if a shape accepts any JSON."""
    return isinstance(shape, ScalarShape) and shape.kind in (Kind.ANY, Kind.STRUCT)


def _object(record: MessageShape, value: JsonObject) -> JsonObject:
    return {name: _field(record.slots.get(name), name, item) for name, item in value.items()}


def _field(slot: FieldShape | None, name: str, value: JsonValue) -> JsonValue:
    if slot is None or (is_credential(name) and isinstance(value, str)):
        return REDACTED
    if slot.field.wrapped and isinstance(value, dict):
        return {
            key: _message(slot.shape, item) if key == "value" else REDACTED for key, item in value.items()
        }
    return _message(slot.shape, value)


def _form(data: bytes, documented: _Keep) -> bytes:
    """Return a form with the values of documented names."""
    try:
        pairs = parse_qsl(
            data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FORM_NAMES
        )
    except ValueError:
        return b""
    kept = public_query(tuple(pairs), documented)
    # A body that is not a form, such as JSON, parses as one long name.
    named = ((name if re.fullmatch(r"[\w.$-]{1,64}", name) else REDACTED, value) for name, value in kept)
    return urlencode(tuple(named)).encode("ascii")


def _dropped(content: Content) -> Content:
    """Return a body with only its length."""
    return Content(kept=None, length=content.length) if content.length else content


def _changed(content: Content, kept: bytes) -> Content:
    """Return a body with its kept part. The digest is dropped, since the rest could be guessed from it."""
    return evolve(content, kept=kept, digest=content.digest if kept == content.kept else "")


def _uncoded(headers: Pairs) -> Pairs:
    return tuple((name, value) for name, value in headers if name.lower() != "content-encoding")

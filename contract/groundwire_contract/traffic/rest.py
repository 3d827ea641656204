"""Verification and redaction of traffic under an OpenAPI document."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import quote, unquote_plus, urlencode

from attrs import evolve
from groundwire_codegen.ir import Encoding

from ..exchange import REDACTED, Exchange, JsonValue, Pairs, is_credential, public_headers, public_query
from ..rest.bodies import UNKNOWN, read_content
from ..rest.contract import RestContract
from ..rest.media import chosen, media_type
from ..rest.multipart import MalformedError
from ..rest.operations import DescribedContent, Operation
from ..rest.texts import parsed_json
from ..rest.views import View, view
from ..rules.error_bodies import Fault, Refusal
from ..rules.registry import OFF
from ..validate.access import OPEN
from ..validate.route import Route
from .journal import Content, ForwardedExchange, decoded
from .recording import Answer, Parsed, Record
from .violation import Place, Violation, violation

_ANSWER: Final = "openapi-answer-invalid"
_BODY_RULES: Final = frozenset(
    {"openapi-body-malformed", "openapi-body-invalid", "openapi-body-missing", UNKNOWN}
)
_PLACES: Final = {
    "openapi-credentials-missing": (Place.HEADER, "authorization"),
    "openapi-not-acceptable": (Place.HEADER, "accept"),
    "openapi-media-type": (Place.HEADER, "content-type"),
}
_IN: Final = {"query": Place.QUERY, "path": Place.PATH, "header": Place.HEADER, "cookie": Place.HEADER}


class RestVerifier:
    """Checks records against an OpenAPI document; `relaxed` are the ids of rules to ignore."""

    def __init__(self, contract: RestContract, relaxed: frozenset[str] = frozenset()) -> None:
        self.contract = contract
        self._relaxed = relaxed

    def violations(self, record: Record) -> tuple[Violation, ...]:
        """Return all violations of a record."""
        exchange = _exchange(record)
        route = self.contract.route(exchange)
        if route is None:
            found = self.contract.find(exchange)
            rule = "openapi-path-unknown" if isinstance(found, Route) else str(found.rule)
            message = f"The document has no {record.verb} {record.path}."
            faults = [(Place.PATH, Fault(rule=rule, message=message))]
        else:
            operation = self.contract.operations[route.method.id]
            exchange = _typed(exchange, operation, record)
            faults = [*self._request_faults(exchange, route, record), *self._answer_faults(operation, record)]
        id_ = None if route is None else route.method.id
        return tuple(
            violation(record, id_, place, fault) for place, fault in faults if fault.rule not in self._relaxed
        )

    def _request_faults(
        self, exchange: Exchange, route: Route, record: Record
    ) -> Iterator[tuple[Place, Fault]]:
        """Yield everything that is wrong with a request, where the server would name the first of it."""
        ignored = OFF | (_BODY_RULES if record.body is None and record.length else frozenset[str]())
        if not record.headers or exchange.headers.get("authorization") == REDACTED:
            ignored |= {"openapi-credentials-missing"}
        while (refusal := self.contract.read(exchange, route, OPEN, ignored).refusal) is not None:
            if refusal.details:
                yield from (each for each in _faults(refusal) if not _is_redacted(each, exchange))
                return
            place, pointer = _PLACES.get(refusal.rule, (Place.REQUEST, ""))
            yield place, Fault(rule=refusal.rule, message=refusal.message, pointer=pointer)
            ignored |= {refusal.rule}

    def _answer_faults(self, operation: Operation, record: Record) -> Iterator[tuple[Place, Fault]]:
        """Yield what is wrong with an answer. An error that the document does not name may occur all the same."""
        answer = record.answer
        if answer is None:
            return
        described = operation.response(answer.status)
        if described is None:
            if 200 <= answer.status < 300:
                yield (
                    Place.RESPONSE,
                    Fault(rule=_ANSWER, message=f"The document states no answer {answer.status}."),
                )
            return
        if answer.body is None or not described.contents:
            return
        kind = answer.content_type or described.contents[0].content.media_type
        content = chosen(described.contents, kind)
        if content is None:
            yield Place.RESPONSE, Fault(rule=_ANSWER, message=f"The document states no answer of {kind}.")
            return
        for fault in self._content_faults(content, answer, kind):
            yield Place.RESPONSE, evolve(fault, rule=_ANSWER)

    def _content_faults(self, content: DescribedContent, answer: Answer, kind: str) -> Iterator[Fault]:
        data = _bytes(answer.body)
        try:
            value, faults = read_content(self.contract.documents, content, data, media_type(kind), sent=False)
        except MalformedError as error:
            yield Fault(rule=_ANSWER, message=f"The answer cannot be read: {error}.")
            return
        yield from (each for each in faults if each.rule == UNKNOWN or _at(value, each.pointer) != REDACTED)


def _exchange(record: Record) -> Exchange:
    raw = "&".join(f"{quote(name, safe='[]')}={quote(text, safe=',|')}" for name, text in record.query)
    body = _bytes(record.body)
    return Exchange(
        verb=record.verb,
        path=record.path,
        query=record.query,
        raw_query=raw,
        headers={name.lower(): value for name, value in record.headers},
        body=body,
        length=max(record.length, len(body)),
    )


def _typed(exchange: Exchange, operation: Operation, record: Record) -> Exchange:
    """Return a request; one that was recorded without headers has the first media type of its method."""
    if record.headers or not operation.body:
        return exchange
    return evolve(exchange, headers={"content-type": operation.body[0].content.media_type})


def _bytes(body: Any) -> bytes:
    if isinstance(body, Parsed):
        return json.dumps(body.value).encode()
    return body if isinstance(body, bytes) else b""


def _faults(refusal: Refusal) -> Iterator[tuple[Place, Fault]]:
    for detail in refusal.details:
        place = _IN.get(str(detail.get("in")), Place.REQUEST)
        pointer = str(detail.get("name", "")) + str(detail.get("pointer", "#"))[1:]
        yield place, Fault(rule=str(detail["rule"]), message=str(detail["detail"]), pointer=pointer)


def _is_redacted(fault: tuple[Place, Fault], exchange: Exchange) -> bool:
    """Return True for a fault of a value that the recording does not have."""
    place, pointer = fault[0], fault[1].pointer
    if fault[1].rule == UNKNOWN:
        return False
    if place is Place.HEADER:
        return REDACTED in (exchange.headers.get(pointer.lower()), exchange.headers.get("cookie"))
    if place is Place.QUERY:
        return (pointer.partition("/")[0], REDACTED) in exchange.query
    try:
        return bool(_at(parsed_json(exchange.body), pointer) == REDACTED)
    except ValueError:
        return False


def _at(value: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer; None for none."""
    for key in pointer.split("/")[1:]:
        name = key.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = cast("dict[str, Any]", value).get(name)
        elif isinstance(value, list) and name.isdecimal():
            items: list[Any] = value
            value = items[int(name)] if int(name) < len(items) else None
        else:
            return None
    return value


class RestRedaction:
    """Redacts everything that an OpenAPI document does not describe. Bodies that are neither JSON nor a form are dropped."""

    def __init__(self, contract: RestContract) -> None:
        self._contract = contract

    def kept(self, forwarded: ForwardedExchange) -> ForwardedExchange:
        """Return an exchange with only what may be recorded."""
        exchange = Exchange(
            verb=forwarded.verb,
            path=forwarded.path,
            query=forwarded.query,
            headers={name.lower(): value for name, value in forwarded.headers},
            body=forwarded.body.kept or b"",
            length=forwarded.body.length,
        )
        route = self._contract.route(exchange)
        operation = None if route is None else self._contract.operations[route.method.id]
        names = () if route is None else self._contract.query_names(exchange, route)
        sent = () if operation is None else operation.body
        described = None if operation is None else operation.response(forwarded.status or 0)
        coding = _header(forwarded.answer_headers, "content-encoding")
        answer = evolve(forwarded.answer, kept=decoded(forwarded.answer.kept, coding))
        return evolve(
            forwarded,
            query=public_query(forwarded.query, names),
            headers=public_headers(forwarded.headers),
            body=self._content(forwarded.body, sent, exchange.headers.get("content-type")),
            answer_headers=tuple(
                (name, value)
                for name, value in forwarded.answer_headers
                if name.lower() != "content-encoding"
            ),
            answer=self._content(
                answer,
                () if described is None else described.contents,
                _header(forwarded.answer_headers, "content-type"),
            ),
        )

    def _content(self, content: Content, contents: tuple[DescribedContent, ...], kind: str | None) -> Content:
        described = None if kind is None else chosen(contents, kind)
        if not content.kept:
            return _dropped(content) if content.length else content
        if described is None:
            return _dropped(content)
        seen = view(self._contract.documents, described.schema)
        if described.content.encoding is Encoding.FORM:
            return _changed(content, _form(content.kept, seen))
        if described.content.encoding is not Encoding.JSON:
            return _dropped(content)
        try:
            value: JsonValue = parsed_json(content.kept)
        except ValueError:
            return _dropped(content)
        kept = _kept(value, seen)
        return content if kept == value else _changed(content, json.dumps(kept).encode("ascii"))


def _kept(value: JsonValue, seen: View) -> JsonValue:
    """Return a value with the members that its schemas describe."""
    if isinstance(value, list):
        return [_kept(item, seen.item(index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    return {name: _member(name, item, seen) for name, item in value.items()}


def _member(name: str, item: JsonValue, seen: View) -> JsonValue:
    inner = seen.member(name)
    is_described = inner is not None or not seen.properties or seen.is_open
    secret = inner is not None and (inner.flag("writeOnly") or "password" in inner.formats)
    if not is_described or ((secret or is_credential(name)) and isinstance(item, str)):
        return REDACTED
    return _kept(item, inner or seen.below([]))


def _form(data: bytes, seen: View) -> bytes:
    """Return a form with the values of described names."""
    pairs = [piece.partition("=") for piece in data.decode("utf-8", "replace").split("&") if piece]
    return urlencode(
        [
            (name, str(_member(name, unquote_plus(text), seen)))
            for raw, _, text in pairs
            for name in [unquote_plus(raw)]
        ]
    ).encode("ascii")


def _dropped(content: Content) -> Content:
    """Return a body with only its length."""
    return Content(kept=None, length=content.length)


def _changed(content: Content, kept: bytes) -> Content:
    """Return a body with its kept part, without the digest of the whole."""
    return evolve(content, kept=kept, digest="")


def _header(headers: Pairs, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)

"""Refusals as problem details (RFC 9457), or in the form that the document states for errors."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from attrs import evolve, frozen
from groundwire_codegen.ir import Encoding
from groundwire_codegen.read.openapi.references import Documents

from ..exchange import JsonObject, JsonValue, Reason, Reply
from ..rules.error_bodies import TOLD, Fault, Refusal
from .media import matches
from .operations import Operation
from .schemas import flaws
from .views import View, view

PROBLEM: Final = "application/problem+json"
_TEXTS: Final = frozenset(
    {"message", "detail", "details", "description", "errordescription", "error", "errormessage", "reason", "msg", "text", "summary"}
)  # fmt: skip
_PLACES: Final = frozenset({"pointer", "field", "path", "param", "parameter", "name", "property"})
_CODES: Final = frozenset(
    {"code", "status", "statuscode", "httpstatus", "errorcode", "type", "kind", "errortype", "rule"}
)
_DEEPEST: Final = 6


@frozen(kw_only=True)
class _Facts:
    """What an error can say."""

    status: int
    rule: str
    message: str
    faults: tuple[Fault, ...] = ()
    place: str = ""
    path: str = ""


def phrase(status: int) -> str:
    """Return the words of a status; the code itself for one without."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


MAX_TOLD: Final = 100
"""Faults of one request that an answer tells."""


def refusal_of(faults: Sequence[Fault], code: int) -> Refusal:
    """Refuse a request for all its faults, of which the first ones are told."""
    told = faults[:MAX_TOLD]
    shown = [f"{fault.path} {fault.pointer}".strip() + f": {fault.message}" for fault in told]
    shown += [f"{len(faults) - MAX_TOLD} more."] if len(faults) > MAX_TOLD else []
    details: list[JsonObject] = []
    for fault in told:
        place: JsonObject = {"in": fault.path or "body"}
        if fault.path in ("", "body"):
            place = {"in": "body", "pointer": f"#{fault.pointer}"}
        else:
            name, _, inner = fault.pointer.partition("/")
            place |= {"name": name, **({"pointer": f"#/{inner}"} if inner else {})}
        details.append({"detail": fault.message, **place, "rule": fault.rule})
    return Refusal(rule=faults[0].rule, code=code, message="\n".join(shown), details=tuple(details))


def written(
    refusal: Refusal, operation: Operation | None, documents: Documents, faults: Sequence[Fault]
) -> Reply:
    """Write a refusal: in the form of the error that the document states for its status where that can be filled."""
    facts = _Facts(status=refusal.code, rule=refusal.rule, message=refusal.message, faults=tuple(faults))
    content_type, body = PROBLEM, _problem(refusal)
    described = None if operation is None else operation.response(refusal.code)
    for content in () if described is None else described.contents:
        if content.content.encoding is not Encoding.JSON or content.schema is None:
            continue
        if matches(content.content.media_type, PROBLEM):
            break
        own = _value(view(documents, content.schema), "", facts, 0)
        if own is not None and not flaws(documents, content.schema, own, sent=False):
            media = content.content.media_type
            content_type, body = media if "*" not in media else "application/json", own
            break
    return Reply(
        status=refusal.code,
        body=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        content_type=content_type,
        headers=refusal.headers,
        rule=refusal.rule,
        evidence="D",
        reasons=_reasons(refusal, faults),
    )


def _reasons(refusal: Refusal, faults: Sequence[Fault]) -> tuple[Reason, ...]:
    """Return why a request was refused, as tests show it."""
    told = tuple(
        Reason(message=each.message, place=each.path or "body", pointer=each.pointer)
        for each in faults[:TOLD]
    )
    return told or refusal.reasons


def _problem(refusal: Refusal) -> JsonObject:
    errors: list[JsonValue] = [*refusal.details]
    return {
        "type": "about:blank",
        "title": phrase(refusal.code),
        "status": refusal.code,
        "detail": refusal.message,
        **({"errors": errors} if errors else {}),
    }


def _value(seen: View, name: str, facts: _Facts, depth: int) -> Any:
    """Return a value for a part of an error that its schemas take; None where nothing that is known fits."""
    if depth > _DEEPEST:
        return None
    for candidate in _candidates(seen, name.lower().replace("_", "").replace("-", ""), facts, depth):
        judged = seen.nodes[:1]
        if not any(flaws(seen.documents, node, candidate, sent=False) for node in judged):
            return candidate
    return None


def _candidates(seen: View, name: str, facts: _Facts, depth: int) -> Iterator[Any]:
    for node in seen.nodes:
        if "const" in node.value:
            yield node.value["const"]
    if "object" in seen.kinds and seen.properties:
        yield {
            key: value
            for key, nodes in seen.properties.items()
            if (value := _value(seen.below(nodes), key, facts, depth + 1)) is not None
        }
    if "array" in seen.kinds and not seen.is_free:
        rows = [evolve(facts, message=each.message, place=each.pointer, path=each.path or "body", rule=each.rule, faults=()) for each in facts.faults]  # fmt: skip
        if name == "loc":
            yield [facts.path or "body", *(part for part in facts.place.split("/") if part)]
        values = [_value(seen.item(0), name, each, depth + 1) for each in rows or [facts]]
        if known := [each for each in values if each is not None]:
            yield known
    yield from _scalars(name, facts)


def _scalars(name: str, facts: _Facts) -> Iterator[Any]:
    if name == "title":
        yield phrase(facts.status)
    if name in _TEXTS:
        yield facts.message
    if name in _PLACES:
        yield facts.place
    if name in ("in", "location"):
        yield facts.path or "body"
    if name in _CODES:
        yield facts.status
        yield facts.rule
        yield str(facts.status)

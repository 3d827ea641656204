"""Read and validate one request: caller, content type, path, query and body."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from groundwire_codegen.collector import resting_collector
from groundwire_codegen.ir import Kind, Method

from .contract import Contract
from .exchange import Exchange, JsonObject, common_parameters
from .front import ContractRequest, ParsedRequest
from .rules.error_bodies import Fault, Refusal, bad_request
from .rules.refusals import PAYLOAD_LIMIT, payload_too_large
from .validate.access import Access, admitted
from .validate.bodies import is_form, media_type_refusal, read_body, read_form
from .validate.parameters import read_path, read_query
from .validate.route import Route
from .validate.values import validate

LARGE: Final = 65536
"""Bytes above which a body is parsed with the garbage collector paused."""


def read(
    exchange: Exchange, route: Route, contract: Contract, access: Access, relaxed: Collection[str]
) -> ParsedRequest:
    """Read a request whose method is known. Rules in `relaxed` are not enforced."""
    if exchange.length < LARGE:
        return _read(exchange, route, contract, access, relaxed)
    with resting_collector():
        return _read(exchange, route, contract, access, relaxed)


def _read(
    exchange: Exchange, route: Route, contract: Contract, access: Access, relaxed: Collection[str]
) -> ParsedRequest:
    method = route.method
    caller = admitted(access, exchange, method, route.version, contract.api, relaxed)
    if isinstance(caller, Refusal):
        return ParsedRequest(sent=read_raw(exchange, method), refusal=caller)
    form = _form(exchange, method, relaxed)
    if isinstance(form, Refusal):
        return ParsedRequest(caller=caller, refusal=form)
    sent = {} if form or method.request is None else _json(exchange, relaxed)
    if isinstance(sent, Refusal):
        return ParsedRequest(caller=caller, refusal=sent)
    query = read_query(method, (*exchange.query, *form))
    outside = (*read_path(method, route.variables), *query.faults)
    if method.request is None:
        refusal = _refused(outside, query.breaches, relaxed)
        request = partial(_request, exchange, route, query.values)
        return ParsedRequest(caller=caller, query=query.values, request=request, refusal=refusal)
    record = contract.shapes[route.version].records[method.request]
    validated = validate(record, unwrapped(sent, method), keep=False, nulls=nulls_remove_keys(method))
    refusal = _refused((*outside, *validated.faults), (*query.breaches, *validated.breaches), relaxed)
    request = partial(_request, exchange, route, query.values, validated.value)
    return ParsedRequest(
        caller=caller,
        sent=exchange.body,
        query=query.values,
        body=validated.value,
        request=request,
        refusal=refusal,
    )


def _request(
    exchange: Exchange, route: Route, query: JsonObject, body: JsonObject | None = None
) -> ContractRequest:
    """Return a valid request as a function of a test gets it."""
    return ContractRequest(
        method=route.method.id,
        path={**route.variables},
        query={**common_parameters(exchange.query), **query},
        headers={**exchange.public_headers},
        body=body,
    )


def nulls_remove_keys(method: Method) -> bool:
    """Return True for a PATCH without an update mask: null removes a key of a map there."""
    return method.verb == "PATCH" and not any(
        parameter.scalar.kind is Kind.FIELD_MASK for parameter in method.parameters
    )


def read_raw(exchange: Exchange, method: Method) -> bytes:
    """Return the body of a request that is refused before validation; empty if it is not a JSON object."""
    if method.request is None or isinstance(read_body(exchange.body), Refusal):
        return b""
    return exchange.body


def _form(
    exchange: Exchange, method: Method, relaxed: Collection[str]
) -> tuple[tuple[str, str], ...] | Refusal:
    """Return the names of a form body, or the refusal of a body that is neither a form nor JSON."""
    if method.request is None or "media-type" in relaxed:
        return ()
    if is_form(exchange):
        return read_form(exchange)
    return media_type_refusal(exchange) or ()


def _json(exchange: Exchange, relaxed: Collection[str]) -> JsonObject | Refusal:
    if exchange.length > PAYLOAD_LIMIT:
        return payload_too_large()
    return read_body(exchange.body, duplicates="duplicate-key" in relaxed)


def unwrapped(sent: JsonObject, method: Method) -> JsonObject:
    """Return the content of the API's envelope; the whole body where there is no envelope."""
    inner = sent.get(method.envelope) if method.envelope is not None else None
    return inner if isinstance(inner, dict) else sent


def _refused(
    faults: tuple[Fault, ...], breaches: tuple[Fault, ...], relaxed: Collection[str]
) -> Refusal | None:
    """Refuse all malformed values at once, as the front end does; otherwise the first broken bound, as the
    service does."""
    malformed = tuple(fault for fault in faults if fault.rule not in relaxed) if relaxed else faults
    if malformed:
        return bad_request(malformed)
    broken = next((fault for fault in breaches if fault.rule not in relaxed), None)
    if broken is None:
        return None
    return Refusal(rule=broken.rule, code=400, message=broken.message, faults=(broken,))

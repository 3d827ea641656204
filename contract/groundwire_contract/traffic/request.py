"""All faults of a recorded request; the service would report only the first."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import evolve
from groundwire_codegen.ir import Method

from .. import parse_request as reading
from ..contract import Contract
from ..exchange import Exchange, JsonObject
from ..rules.error_bodies import Fault, Refusal
from ..rules.refusals import PAYLOAD_LIMIT, payload_too_large
from ..validate.bodies import as_message, is_form, media_type_refusal, read_body, read_form
from ..validate.faults import pointer
from ..validate.parameters import read_path, read_query
from ..validate.route import Route
from ..validate.values import validate
from .recording import Parsed, Record
from .violation import Place


def request_faults(contract: Contract, route: Route, record: Record) -> Iterator[tuple[Place, Fault]]:
    """Iterate over the faults of a request, each with its place."""
    method = route.method
    for fault in read_path(method, route.variables):
        yield Place.PATH, fault
    query = read_query(method, record.query)
    for fault in (*query.faults, *query.breaches):
        yield Place.QUERY, fault
    if method.request is None:
        return
    if record.length > PAYLOAD_LIMIT:
        yield Place.REQUEST, _whole(payload_too_large())
    exchange = _exchange(record)
    if is_form(exchange):
        if isinstance(record.body, Parsed):
            exchange = evolve(exchange, body=json.dumps(record.body.value).encode())
        yield from ((Place.REQUEST, fault) for fault in _form_faults(exchange, method))
        return
    unsupported = media_type_refusal(exchange) if record.headers else None
    if unsupported is not None:
        packed = exchange.headers.get("content-encoding", "identity") != "identity"
        yield Place.HEADER, evolve(_whole(unsupported), pointer=f"content-{'encoding' if packed else 'type'}")
        if packed:
            return
    yield from ((Place.REQUEST, fault) for fault in _body_faults(contract, route, record))


def message_of(record: Record) -> JsonObject | Refusal | None:
    """Return the body of a request as a JSON object, the refusal of an invalid one, or None if it was not
    recorded."""
    if record.body is None:
        return None
    return as_message(record.body.value) if isinstance(record.body, Parsed) else read_body(record.body)


def unwrapped(body: JsonObject, method: Method) -> tuple[JsonObject, str]:
    """Return the content of the API's envelope, if it has one, and the JSON pointer to it."""
    inner = reading.unwrapped(body, method)
    return inner, "" if inner is body or method.envelope is None else pointer([method.envelope])


def _body_faults(contract: Contract, route: Route, record: Record) -> Iterator[Fault]:
    body = message_of(record)
    if body is None or route.method.request is None:
        return
    if isinstance(body, Refusal):
        yield _whole(body)
        return
    message, at = unwrapped(body, route.method)
    shape = contract.shapes[route.version].records[route.method.request]
    read = validate(shape, message, nulls=reading.nulls_remove_keys(route.method))
    for fault in (*read.faults, *read.breaches):
        yield evolve(fault, pointer=at + fault.pointer)


def _form_faults(exchange: Exchange, method: Method) -> Iterator[Fault]:
    """Iterate over the faults of a form, whose names count as query parameters."""
    form = read_form(exchange)
    if isinstance(form, Refusal):
        yield _whole(form)
    else:
        query = read_query(method, form)
        yield from (evolve(fault, pointer="") for fault in (*query.faults, *query.breaches))


def _whole(refusal: Refusal) -> Fault:
    return Fault(rule=refusal.rule, message=refusal.message)


def _exchange(record: Record) -> Exchange:
    """Convert a record to an exchange; a body recorded as JSON is represented by its length only."""
    return Exchange(
        verb=record.verb,
        path=record.path,
        headers={name.lower(): value for name, value in record.headers},
        body=record.body if isinstance(record.body, bytes) else b"",
        length=max(record.length, int(bool(record.body))),
    )

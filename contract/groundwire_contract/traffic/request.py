"""What is wrong with a recorded request, all of it at once: where the service stops at the first, this goes on."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from typing import Final

from ..contract import Contract
from ..errors import Fault, Refusal
from ..exchange import JsonObject
from ..front_end.body import as_message, read_body
from ..front_end.parameters import read_path, read_query
from ..front_end.route import Route
from ..front_end.validate import validate
from ..refusals import PAYLOAD_LIMIT, payload_too_large
from .recording import Parsed, Record
from .violation import Place

JSON: Final = "application/json"


def request_faults(contract: Contract, route: Route, record: Record) -> Iterator[tuple[Place, Fault]]:
    """Every fault of a request, and the place it is in."""
    method = route.method
    for fault in read_path(method, route.variables):
        yield Place.PATH, fault
    for fault in read_query(method, record.query).faults:
        yield Place.QUERY, fault
    if method.request is None:
        return
    if record.length > PAYLOAD_LIMIT:
        yield Place.REQUEST, _whole(payload_too_large())
    if record.length or record.body:
        yield from ((Place.HEADER, fault) for fault in _content_type(record))
    body = message_of(record)
    if isinstance(body, Refusal):
        yield Place.REQUEST, _whole(body)
    elif body is not None:
        read = validate(contract.shapes[route.version].records[method.request], body)
        for fault in (*read.faults, *read.breaches):
            yield Place.REQUEST, fault


def message_of(record: Record) -> JsonObject | Refusal | None:
    """The body of a request as a JSON object, the refusal of one that is none, or None when it was not recorded."""
    if record.body is None:
        return None
    return as_message(record.body.value) if isinstance(record.body, Parsed) else read_body(record.body)


def _whole(refusal: Refusal) -> Fault:
    return Fault(rule=refusal.rule, message=refusal.message)


def _content_type(record: Record) -> Iterator[Fault]:
    """What is wrong with the type that a body is sent as; one that is sent without a type is read as JSON."""
    sent = record.header("content-type")
    if sent is None:
        return
    header = Message()
    header["content-type"] = (
        sent.encode("ascii", "replace").decode("ascii").replace("\r", " ").replace("\n", " ")
    )
    charset = header.get_content_charset("utf-8")
    if header.get_content_type() != JSON or charset not in ("utf-8", "utf8", "us-ascii"):
        message = f"The body must be sent as {JSON} in UTF-8."
        yield Fault(rule="content-type", message=message, pointer="content-type")

"""Faults of recorded answers: a result of the wrong type, or an error of the wrong form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve
from groundwire_codegen.ir import Method

from ..contract import Contract
from ..exchange import JsonValue, Pairs
from ..rules.error_bodies import Fault, Refusal
from ..validate.bodies import as_message, read_body
from ..validate.route import Route
from ..validate.values import validate
from .recording import Answer, Parsed, Record
from .request import unwrapped

CODES: Final = frozenset(
    {
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
        "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
    }
)  # fmt: skip
"""The names of google.rpc.Code, without OK."""
_MEDIA: Final = "HttpBody"
"""The message that stands for raw bytes."""


def answer_faults(contract: Contract, route: Route, record: Record) -> Iterator[Fault]:
    """Iterate over the faults of an answer. An answer that was not recorded has none."""
    answer = record.answer
    if answer is None or answer.body is None:
        return
    if answer.status >= 400:
        yield from error_faults(answer)
    elif 200 <= answer.status < 300 and not is_media(contract, route.method, record.query):
        yield from _result_faults(contract, route, answer)


def is_media(contract: Contract, method: Method, query: Pairs) -> bool:
    """Return True if a method answers with raw bytes."""
    message = None if method.response is None else contract.api.messages[method.response]
    return (message is not None and message.place == _MEDIA) or ("alt", "media") in query


def _result_faults(contract: Contract, route: Route, answer: Answer) -> Iterator[Fault]:
    if route.method.response is None:
        return
    body = as_message(answer.body.value) if isinstance(answer.body, Parsed) else read_body(answer.body or b"")
    if isinstance(body, Refusal):
        yield Fault(rule=body.rule, message=body.message)
    else:
        message, at = unwrapped(body, route.method)
        # Bounds apply only to what is sent.
        read = validate(contract.shapes[route.version].records[route.method.response], message)
        yield from (evolve(fault, pointer=at + fault.pointer) for fault in read.faults)


def error_faults(answer: Answer) -> Iterator[Fault]:
    """Check an error against `{"error": {"code", "message", "status", "details"?}}`."""
    body: JsonValue | Refusal = (
        answer.body.value if isinstance(answer.body, Parsed) else read_body(answer.body or b"")
    )
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        yield _shape("", f"An error is a JSON object with an object at `error`; HTTP status {answer.status}.")
        return
    if error.get("code") != answer.status:
        yield _shape("/error/code", f"The code must be the HTTP status, {answer.status}.")
    if not isinstance(error.get("message"), str):
        yield _shape("/error/message", "The message must be a string.")
    status = error.get("status")
    if not isinstance(status, str) or status not in CODES:
        yield _shape("/error/status", "The status must be a name of google.rpc.Code.")
    yield from _detail_faults(error)


def _detail_faults(error: Mapping[str, JsonValue]) -> Iterator[Fault]:
    details = error.get("details", [])
    if not isinstance(details, list):
        yield _shape("/error/details", "The details must be a list.")
        return
    for index, detail in enumerate(details):
        if not isinstance(detail, dict) or not isinstance(detail.get("@type"), str):
            yield _shape(f"/error/details/{index}", "A detail must be an object that names its `@type`.")


def _shape(pointer: str, message: str) -> Fault:
    return Fault(rule="error-shape", message=message, pointer=pointer)

"""Faults of recorded answers: a result of the wrong type, or an error of the wrong form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve
from groundwire_codegen.ir import Method

from ..contract import Contract
from ..exchange import JsonObject, JsonValue, Pairs
from ..rules.error_bodies import Fault, Refusal
from ..validate.bodies import as_message, read_body
from ..validate.route import Route
from ..validate.values import validate
from .canonical import canonical_faults
from .operation_answer import (
    KINDS,
    OperationAnswer,
    is_operation,
    metadata_types,
    operation_faults,
    operations_of,
)
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
HTTP_STATUSES: Final[Mapping[int, tuple[str, ...]]] = {
    400: ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"),
    401: ("UNAUTHENTICATED",),
    403: ("PERMISSION_DENIED",),
    404: ("NOT_FOUND",),
    409: ("ALREADY_EXISTS", "ABORTED"),
    429: ("RESOURCE_EXHAUSTED",),
    499: ("CANCELLED",),
    500: ("INTERNAL", "UNKNOWN", "DATA_LOSS"),
    501: ("UNIMPLEMENTED",),
    503: ("UNAVAILABLE",),
    504: ("DEADLINE_EXCEEDED",),
}
"""The google.rpc codes of an HTTP status (google/rpc/code.proto); any code goes with other statuses."""
_JSON_TYPE: Final = re.compile(r"\s*application/(?:json|[\w.+-]{1,80}\+json)\s*(?:;|$)", re.IGNORECASE)
_MEDIA: Final = "HttpBody"
"""The message that stands for raw bytes."""


class Started:
    """The methods that started operations, by a digest of 16 bytes of each name."""

    def __init__(self) -> None:
        self._methods: dict[bytes, str] = {}

    def note(self, name: JsonValue, method: str) -> None:
        """Note that a method has started an operation."""
        if isinstance(name, str) and name:
            self._methods.setdefault(_digest(name), method)

    def by(self, name: JsonValue) -> str | None:
        """Return the method that started an operation; None if that is not known."""
        return self._methods.get(_digest(name)) if isinstance(name, str) else None


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def answer_faults(
    contract: Contract, route: Route, record: Record, started: Started | None = None
) -> Iterator[Fault]:
    """Iterate over the faults of an answer. An answer that was not recorded has none.

    `started` has the operations that earlier records started, and gets the one that this answer starts.
    """
    answer = record.answer
    if answer is None or answer.body is None:
        return
    if answer.status >= 400:
        yield from error_faults(answer)
    elif 200 <= answer.status < 300 and not is_media(contract, route.method, record.query):
        if answer.content_type and not _JSON_TYPE.match(answer.content_type):
            message = f"The answer is {answer.content_type[:100]}, and not application/json."
            yield Fault(rule="answer-media-type", message=message)
        yield from _result_faults(contract, route, answer, Started() if started is None else started)


def is_media(contract: Contract, method: Method, query: Pairs) -> bool:
    """Return True if a method answers with raw bytes."""
    message = None if method.response is None else contract.api.messages[method.response]
    return (message is not None and message.place == _MEDIA) or ("alt", "media") in query


def _result_faults(contract: Contract, route: Route, answer: Answer, started: Started) -> Iterator[Fault]:
    if route.method.response is None:
        return
    body = as_message(answer.body.value) if isinstance(answer.body, Parsed) else read_body(answer.body or b"")
    if isinstance(body, Refusal):
        yield Fault(rule=body.rule, message=body.message)
    else:
        message, at = unwrapped(body, route.method)
        record = contract.shapes[route.version].records[route.method.response]
        # Bounds apply only to what is sent.
        faults = list(validate(record, message).faults)
        places = {fault.pointer for fault in faults}
        for fault in (*canonical_faults(record, message), *_operations(contract, route, message, started)):
            # One fault a place: the first says most.
            if fault.pointer not in places or fault.rule == "operation-name":
                places.add(fault.pointer)
                faults.append(fault)
        yield from (evolve(fault, pointer=at + fault.pointer) for fault in faults)


def _operations(contract: Contract, route: Route, message: JsonObject, started: Started) -> Iterator[Fault]:
    """Iterate over the faults of the operations in an answer."""
    method = route.method
    record = contract.shapes[route.version].records[method.response or ""]
    is_own = is_operation(record)
    for trail, body in operations_of(record, message):
        name = body.get("name")
        if is_own and method.id in KINDS:
            started.note(name, method.id)
        answer = OperationAnswer(
            body=body,
            trail=trail,
            is_earth_engine=contract.api.name == "earthengine",
            metadata_types=metadata_types(record),
            wanted=route.variables.get("name") if is_own and method.verb in ("GET", "POST") else None,
            started_by=started.by(name),
        )
        yield from operation_faults(answer)


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
    elif answer.status in HTTP_STATUSES and status not in HTTP_STATUSES[answer.status]:
        known = " or ".join(HTTP_STATUSES[answer.status])
        yield _shape("/error/status", f"The status of {answer.status} is {known}.")
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

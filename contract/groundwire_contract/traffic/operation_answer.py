"""Faults of long-running operations in recorded answers: what mocks written by hand get wrong.

Source: AIP-151 and google.longrunning.Operation for all APIs; operations seen in public for Earth Engine's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from ..exchange import JsonObject, JsonValue
from ..rules.error_bodies import Fault
from ..validate.faults import pointer
from ..validate.shapes import AnyShape, ListShape, MessageShape
from .canonical import has_type, untyped

_MEMBERS: Final = frozenset({"name", "metadata", "done", "error", "response"})
_NAME: Final = re.compile(r"projects/[^/]+/operations/[^/]+")
_ENDED: Final = frozenset({"SUCCEEDED", "CANCELLED", "FAILED"})
_CANCELLED: Final = 1
_CODES: Final = range(1, 17)
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "earthengine.projects.image.export": ("EXPORT_IMAGE",),
    "earthengine.projects.table.export": ("EXPORT_FEATURES", "EXPORT_TABLE"),
    "earthengine.projects.video.export": ("EXPORT_VIDEO",),
    "earthengine.projects.map.export": ("EXPORT_TILES", "EXPORT_MAP"),
    "earthengine.projects.classifier.export": ("EXPORT_CLASSIFIER",),
    "earthengine.projects.image.import": ("INGEST_IMAGE", "IMPORT_IMAGE"),
    "earthengine.projects.table.import": ("INGEST_TABLE", "IMPORT_TABLE"),
}
"""The types in the metadata of what a method starts. Seen for images, and sent by the official clients for others."""


@frozen(kw_only=True)
class OperationAnswer:
    """An operation in an answer: where, and what is known of it from the request and from earlier records.

    `wanted` is the name that was asked for, `started_by` the id of the method that started it; None where unknown.
    """

    body: JsonObject
    trail: tuple[str, ...] = ()
    is_earth_engine: bool = False
    metadata_types: frozenset[str] = frozenset()
    wanted: str | None = None
    started_by: str | None = None


def operations_of(record: MessageShape, body: JsonObject) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    """Iterate over the operations of an answer with the steps to each: the answer itself, or those that it lists."""
    if is_operation(record):
        yield (), body
        return
    for slot in dict.fromkeys(record.slots.values()):
        shape, items = slot.shape, body.get(slot.wire)
        if isinstance(shape, ListShape) and isinstance(shape.item, MessageShape) and is_operation(shape.item):
            for index, item in enumerate(items if isinstance(items, list) else []):
                if isinstance(item, dict):
                    yield (slot.wire, str(index)), item


def is_operation(record: MessageShape) -> bool:
    """Return True for the message of a long-running operation."""
    return record.slots.keys() >= _MEMBERS


def metadata_types(record: MessageShape) -> frozenset[str]:
    """Return the type URLs that the metadata of an operation may have; empty if any will do."""
    candidates = [
        record,
        *(slot.shape.item for slot in record.slots.values() if isinstance(slot.shape, ListShape)),
    ]
    for each in candidates:
        if isinstance(each, MessageShape) and is_operation(each):
            shape = each.slots["metadata"].shape
            return frozenset(shape.known) if isinstance(shape, AnyShape) else frozenset()
    return frozenset()


def operation_faults(answer: OperationAnswer) -> Iterator[Fault]:
    """Iterate over what is wrong with an operation beside the types of its fields."""
    yield from _name_faults(answer)
    yield from _result_faults(answer)
    yield from _error_faults(answer)
    for name in ("metadata", "response"):
        value = answer.body.get(name)
        if isinstance(value, dict) and not has_type(value):
            yield untyped((*answer.trail, name))
    if answer.is_earth_engine:
        yield from _metadata_faults(answer)


def _name_faults(answer: OperationAnswer) -> Iterator[Fault]:
    name = answer.body.get("name")
    if name is None or name == "":
        yield _fault(answer, "operation-name", "An operation has a name.")
    elif not isinstance(name, str):
        return
    elif answer.is_earth_engine and not _NAME.fullmatch(name):
        yield _fault(answer, "operation-name", "The name is projects/{project}/operations/{id}.", "name")
    elif answer.wanted is not None and name != answer.wanted:
        yield _fault(answer, "operation-name", f"{answer.wanted} was asked for.", "name")


def _result_faults(answer: OperationAnswer) -> Iterator[Fault]:
    """Check that `done` comes with exactly one of error and response, and they with it."""
    body, done = answer.body, answer.body.get("done")
    results = [name for name in ("error", "response") if body.get(name) is not None]
    if done is True and not results:
        yield _fault(
            answer, "operation-result", "An operation that is done has an error or a response.", "done"
        )
    if len(results) == 2:
        message = "An operation has an error or a response, not both."
        yield _fault(answer, "operation-result", message, "response")
    elif results and (done is None or done is False):
        message = (
            f"An operation has {'an error' if results == ['error'] else 'a response'} when `done` is true."
        )
        yield _fault(answer, "operation-result", message, results[0])


def _error_faults(answer: OperationAnswer) -> Iterator[Fault]:
    error = answer.body.get("error")
    if not isinstance(error, dict):
        return
    code, message, details = error.get("code"), error.get("message"), error.get("details", [])
    if isinstance(code, bool) or not isinstance(code, int) or code not in _CODES:
        words = "The code of an error is a number of google.rpc.Code, from 1 to 16."
        yield _fault(answer, "operation-error", words, "error", "code")
    elif _state(answer) == "CANCELLED" and code != _CANCELLED:
        yield _fault(answer, "operation-error", "A cancelled operation has code 1.", "error", "code")
    if not isinstance(message, str) or not message:
        yield _fault(answer, "operation-error", "An error has a message.", "error", "message")
    for index, detail in enumerate(details if isinstance(details, list) else []):
        if not has_type(detail):
            yield untyped((*answer.trail, "error", "details", str(index)))


def _metadata_faults(answer: OperationAnswer) -> Iterator[Fault]:
    """Check the metadata of Earth Engine's operations: their type, their state, and what was started."""
    metadata = answer.body.get("metadata")
    if not isinstance(metadata, dict):
        return
    url = metadata.get("@type")
    if isinstance(url, str) and answer.metadata_types and url not in answer.metadata_types:
        known = " or ".join(sorted(answer.metadata_types))
        yield _fault(answer, "answer-type", f"The type is {known}.", "metadata", "@type")
        return
    if metadata.get("state") is None:
        yield _fault(answer, "operation-state", "The metadata has a state.", "metadata")
    yield from _state_faults(answer)
    kinds, kind = KINDS.get(answer.started_by or ""), metadata.get("type")
    if kinds is not None and isinstance(kind, str) and kind not in kinds:
        message = f"{answer.started_by} starts {kinds[0]}."
        yield _fault(answer, "operation-kind", message, "metadata", "type")


def _state_faults(answer: OperationAnswer) -> Iterator[Fault]:
    """Check that the state goes with `done` and with the result."""
    body, state = answer.body, _state(answer)
    if not isinstance(state, str):
        return
    done = body.get("done")
    wrong = None
    if state in _ENDED and (done is None or done is False):
        wrong = f"An operation that is {state} is done."
    elif state not in _ENDED and done is True:
        wrong = f"An operation that is done is SUCCEEDED, CANCELLED or FAILED, and not {state}."
    elif state == "SUCCEEDED" and body.get("error") is not None:
        wrong = "An operation with an error is CANCELLED or FAILED."
    elif state in ("CANCELLED", "FAILED") and body.get("response") is not None:
        wrong = "An operation with a response is SUCCEEDED."
    if wrong is not None:
        yield _fault(answer, "operation-state", wrong, "metadata", "state")


def _state(answer: OperationAnswer) -> JsonValue:
    metadata = answer.body.get("metadata")
    return metadata.get("state") if isinstance(metadata, dict) else None


def _fault(answer: OperationAnswer, rule: str, message: str, *steps: str) -> Fault:
    return Fault(rule=rule, message=message, pointer=pointer((*answer.trail, *steps)))

"""The long-running operation of an API: the message that polling answers with, and the method that polls."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ..ir import Api, Field, Kind, Message, MessageRef, Method, Scalar
from .docs import docstring
from .layout import bracketed
from .stubs import StubView

WAIT: Final = """Wait for an operation to end well, and return its last state.

`timeout`: seconds to wait at the most; then OperationTimeout, and the operation still runs.

`on_progress`: called with the metadata each time it says something new.

Raises OperationError when the operation failed or was cancelled."""


@frozen(kw_only=True)
class OperationShape:
    """Names of an operation in generated code."""

    message: str
    metadata: str
    """The class that metadata is decoded to, or what any mapping is."""
    poll: tuple[str, ...]
    """Ids of the methods that poll."""
    error: tuple[str, str]
    """The attribute that may hold the error, and the error's class."""
    response: tuple[str, str]
    """The attribute that may hold the response, and its class (`object` when it is a plain field)."""


def operation_shape(api: Api) -> OperationShape | None:
    """The API's `google.longrunning.Operation`, when a wanted method polls it; else None."""
    for name, message in api.messages.items():
        shape = _places(message)
        polls = [method for method in api.methods.values() if _polls(method, name)]
        if shape is not None and polls:
            error, response = shape
            return OperationShape(
                message=name,
                metadata=_metadata(api),
                poll=tuple(method.id for method in polls),
                error=error,
                response=response,
            )
    return None


def operation_constant(shape: OperationShape) -> str:
    """The constant that tells the runtime where an operation keeps its outcome."""
    error, response = (f'("{attribute}", {cls})' for attribute, cls in (shape.error, shape.response))
    return bracketed(
        f"OPERATION: Final = OperationView[messages.{shape.message}](",
        [f"error={error}", f"response={response}"],
        ")",
    )


def wait_stub(shape: OperationShape, api: Api) -> StubView:
    """The client's own method that waits for an operation."""
    arguments = [
        "self",
        f"operation: messages.{shape.message}",
        "*",
        "timeout: float | None = None",
        f"on_progress: Callable[[{shape.metadata}], object] | None = None",
    ]
    poll = api.methods[shape.poll[0]].constant
    values = ["self", poll, "operation", "timeout=timeout", "on_progress=on_progress"]
    return StubView(
        name="wait",
        signature=bracketed("def wait(", arguments, f") -> messages.{shape.message}:", indent=4),
        doc=docstring(WAIT, 8),
        call=bracketed("return OPERATION.wait(", values, ")", indent=8),
    )


def _polls(method: Method, operation: str) -> bool:
    required = [parameter for parameter in method.parameters if parameter.required]
    return (
        method.verb == "GET"
        and method.response == operation
        and [parameter.wire for parameter in required] == ["name"]
    )


def _places(message: Message) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Where error and response stand, when the message has the fields of an operation."""
    kinds = {field.wire: field.type for field in message.wire_fields}
    if kinds.get("name") != Scalar(Kind.STRING) or kinds.get("done") != Scalar(Kind.BOOLEAN):
        return None
    if not isinstance(kinds.get("error"), MessageRef) or "response" not in kinds or "metadata" not in kinds:
        return None
    return _place(message, "error"), _place(message, "response")


def _place(message: Message, wire: str) -> tuple[str, str]:
    for member in message.members:
        if isinstance(member, Field):
            if member.wire == wire:
                target = member.type.name if isinstance(member.type, MessageRef) else ""
                return member.name, f"messages.{target}" if target else "object"
            continue
        for variant in member.variants:
            if variant.field.wire == wire:
                target = variant.field.type.name if isinstance(variant.field.type, MessageRef) else ""
                nested = f"messages.{message.name}.{variant.class_name}"
                return member.name, nested if variant.class_name else f"messages.{target}"
    return "", "object"


def _metadata(api: Api) -> str:
    names = {method.operation_metadata for method in api.methods.values()} - {None}
    return " | ".join(f"messages.{name}" for name in sorted(filter(None, names))) or "Mapping[str, Any]"

"""The long-running operation of an API: the message that polling answers with, and the method that polls."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api, Kind, Message, MessageRef, Method, Scalar


@frozen(kw_only=True)
class Waiting:
    """The fields and the poll method with which an API's operations are waited for."""

    message: str
    """The operation's message."""
    poll: str
    """Id of the method that polls."""
    metadata: tuple[str, ...]
    """Messages that metadata is decoded to; none of them: any mapping."""


def waiting(api: Api) -> Waiting | None:
    """Return the API's `google.longrunning.Operation`, when a wanted method polls it; else None."""
    metadata = sorted({each.operation_metadata for each in api.methods.values() if each.operation_metadata})
    for name, message in api.messages.items():
        if _is_operation(message):
            for method in api.methods.values():
                if _polls(method, name):
                    return Waiting(message=name, poll=method.id, metadata=tuple(metadata))
    return None


def _polls(method: Method, operation: str) -> bool:
    required = [parameter.wire for parameter in method.parameters if parameter.required]
    return method.verb == "GET" and method.response == operation and required == ["name"]


def _is_operation(message: Message) -> bool:
    """Return True for a message with the fields of an operation."""
    types = {field.wire: field.type for field in message.wire_fields}
    return (
        types.get("name") == Scalar(Kind.STRING)
        and types.get("done") == Scalar(Kind.BOOLEAN)
        and isinstance(types.get("error"), MessageRef)
        and types.keys() >= {"response", "metadata"}
    )

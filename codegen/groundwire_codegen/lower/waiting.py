"""Waiting: methods that return an operation, and the methods that poll it.

An operation is a `google.longrunning.Operation`, which is polled by its name (AIP-151), or by the parts of its name or link
where the document has such methods alone; or one of Compute's kind, with a status and a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from ..ir import (
    Api,
    EnumRef,
    InParameter,
    Kind,
    Location,
    Message,
    MessageRef,
    Method,
    Poll,
    Scalar,
    Waiting,
)
from .naming import Naming

NAME: Final = "name"
LINK: Final = "selfLink"
STATUS: Final = "status"
_PLACED: Final = re.compile(r".*(?:[oO]perations/\{[^{}+]+\}|/\{\+name\})(/wait)?")
_CUSTOM_VERB: Final = re.compile(r":[A-Za-z][A-Za-z0-9]*\Z", re.ASCII)
"""The end of the path of a custom method (AIP-136)."""


def with_waiting(
    methods: Sequence[Method], messages: Mapping[str, Message], metadata: Mapping[str, str], naming: Naming
) -> list[Method]:
    """Return the methods with their `waiting`; `metadata` has messages by id of method."""
    polls = {
        name: _polls(message, methods, naming)
        for name, message in messages.items()
        if _is_operation(message) or status_of(message) is not None
    }
    return [
        _with(method, polls.get(method.response or "", ()), metadata.get(method.id)) for method in methods
    ]


def _with(method: Method, polls: tuple[Poll, ...], metadata: str | None) -> Method:
    if not polls and metadata is None:
        return method
    type_ = None if metadata is None else MessageRef(metadata)
    return evolve(method, waiting=Waiting(polls=polls, metadata=type_))


def _polls(operation: Message, methods: Sequence[Method], naming: Naming) -> tuple[Poll, ...]:
    """Return the methods that poll an operation; those that were published before come first."""
    reading = [method for method in methods if method.response == operation.name]
    found = {each.id: _poll(each) for each in reading if _is_operation(operation) and _takes_a_name(each)}
    found = found or {
        each.id: Poll(method=each.id) for each in sorted(filter(_is_placed, reading), key=_freedom)
    }
    key = f"polls:{operation.place}"
    before = [id_ for id_ in (naming.before(key) or "").split() if id_ in found]
    order = dict.fromkeys([*before, *found])
    if order:
        naming.decide(key, " ".join(order))
    return tuple(found[id_] for id_ in order)


def _poll(method: Method) -> Poll:
    pattern = next(each.rules.pattern for each in method.parameters if each.wire == NAME)
    return Poll(method=method.id, place=InParameter(NAME), pattern=pattern)


def _takes_a_name(method: Method) -> bool:
    """Return True for a method that reads an operation by its name. A GET such as `{name}:restore` starts one."""
    if _CUSTOM_VERB.search(method.path):
        return False
    required = [parameter.wire for parameter in method.parameters if parameter.required]
    return method.verb == "GET" and required == [NAME]


def _is_placed(method: Method) -> bool:
    """Return True for a method whose path has all that tells an operation from others, and for one that waits for it."""
    in_path = {each.wire for each in method.parameters if each.location is Location.PATH}
    required = {each.wire for each in method.parameters if each.required}
    template = _PLACED.fullmatch(method.path)
    return template is not None and method.verb == ("POST" if template[1] else "GET") and required <= in_path


def _freedom(method: Method) -> tuple[bool, int]:
    """Return the order of methods that poll: those that wait by themselves, then those whose path says most."""
    return method.verb == "GET", method.path.count("{+")


def _is_operation(message: Message) -> bool:
    """Return True for a message with the fields of an operation."""
    types = {field.wire: field.type for field in message.wire_fields}
    return (
        types.get(NAME) == Scalar(Kind.STRING)
        and types.get("done") == Scalar(Kind.BOOLEAN)
        and isinstance(types.get("error"), MessageRef)
        and types.keys() >= {"response", "metadata"}
    )


def status_of(message: Message) -> str | None:
    """Return the wire name of the status of an operation of Compute's kind; None for any other message."""
    types = {field.wire: field.type for field in message.wire_fields}
    is_operation = types.keys() >= {NAME, LINK, STATUS, "error", "operationType"}
    return STATUS if is_operation and isinstance(types[STATUS], EnumRef) else None


@frozen
class Waited:
    """The operation that a client waits for: its message, the methods that poll it, and the messages of its metadata."""

    message: str
    polls: tuple[Poll, ...]
    metadata: tuple[str, ...]


def waited(api: Api) -> Waited | None:
    """Return the first message of the API that a method polls as an operation; None if there is none."""
    waits = [(each.response, each.waiting) for each in api.methods.values() if each.waiting is not None]
    metadata = {each.metadata.name for _, each in waits if isinstance(each.metadata, MessageRef)}
    for name in api.messages:
        polls = next((each.polls for response, each in waits if response == name), ())
        if polls:
            return Waited(name, polls, tuple(sorted(metadata)))
    return None

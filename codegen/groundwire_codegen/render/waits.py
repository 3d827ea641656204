"""The view of the method of a client of Google's that waits for operations."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api
from ..lower.waiting import LINK, NAME, Waited, status_of
from .annotations import either, message_class
from .methods import held_class
from .source import Source, joined, literal, name, word


@frozen(kw_only=True)
class WaitView:
    """The client's method that waits for an operation."""

    message: Source
    polls: tuple[Source, ...]
    metadata: Source
    error_attribute: Source
    error: Source
    response_attribute: Source | None
    response: Source | None
    """The class of the result, which an operation with a status does not have."""
    status: Source | None
    """The attribute of a status, in an operation of Compute's kind, which has no response and no metadata."""
    is_placed: bool
    """The values of a path are in the operation's link, or in its name."""
    link: Source | None
    name: Source


def wait_view(found: Waited, api: Api, *, is_large: bool) -> WaitView:
    """Return the view of how a client waits for an operation."""
    polls = [api.methods[poll.method] for poll in found.polls]
    message = api.messages[found.message]
    status = status_of(message)
    any_mapping = joined(word("Mapping"), "[", word("str"), ", ", word("Any"), "]")
    metadata = either(*map(message_class, found.metadata)) if found.metadata else any_mapping
    wires = {each.wire for each in message.wire_fields}
    return WaitView(
        message=message_class(found.message),
        polls=tuple(
            joined(word("METHODS"), "[", literal(each.id), "]")
            if is_large
            else name("constant", each.constant)
            for each in polls
        ),
        metadata=message_class(found.message) if status else metadata,
        error_attribute=literal(message.holder("error")[0]),
        error=held_class(message, "error"),
        response_attribute=None if status else literal(message.holder("response")[0]),
        response=None if status else held_class(message, "response"),
        status=literal(message.holder(status)[0]) if status else None,
        is_placed=any(poll.place is None for poll in found.polls),
        link=literal(message.holder(LINK)[0]) if LINK in wires else None,
        name=literal(message.holder(NAME)[0]),
    )

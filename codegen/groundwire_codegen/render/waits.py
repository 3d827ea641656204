"""The view of the method of a client of Google's that waits for operations."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api
from ..lower.waiting import Waited
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
    response_attribute: Source
    response: Source


def wait_view(found: Waited, api: Api, *, is_large: bool) -> WaitView:
    """Return the view of the method that waits."""
    polls = [api.methods[poll.method] for poll in found.polls]
    message = api.messages[found.message]
    any_mapping = joined(word("Mapping"), "[", word("str"), ", ", word("Any"), "]")
    return WaitView(
        message=message_class(found.message),
        polls=tuple(
            joined(word("METHODS"), "[", literal(each.id), "]")
            if is_large
            else name("constant", each.constant)
            for each in polls
        ),
        metadata=either(*map(message_class, found.metadata)) if found.metadata else any_mapping,
        error_attribute=literal(message.holder("error")[0]),
        error=held_class(message, "error"),
        response_attribute=literal(message.holder("response")[0]),
        response=held_class(message, "response"),
    )

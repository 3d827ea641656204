"""Find the methods that send or receive a message or an enum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from ..ir import Api, Method, TypeRef, references, types_of
from .change import Direction


@frozen
class Reach:
    """The ids of the methods that send something, and of those that receive it."""

    sent: frozenset[str] = frozenset()
    received: frozenset[str] = frozenset()
    is_apart: bool = False
    """True if no method reaches it in one of the revisions: an event, which may travel in either direction."""

    def joined(self, other: Reach) -> Reach:
        """By either of two revisions."""
        return Reach(self.sent | other.sent, self.received | other.received, self.is_apart or other.is_apart)

    @property
    def direction(self) -> Direction:
        """The direction in which it travels."""
        if self.is_apart or (self.sent and self.received):
            return Direction.BOTH
        return Direction.SENT if self.sent else Direction.RECEIVED if self.received else Direction.NONE

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that reaches it, sorted."""
        return tuple(sorted(self.sent | self.received))


def reached(api: Api) -> Mapping[str, Reach]:
    """The reach of every message, enum and alias, by published name."""
    edges = {
        message.name: frozenset(name for type_ in types_of(message) for name in references(type_))
        for message in api.messages.values()
    }
    edges |= {
        name: frozenset(references(alias.type))
        for name, alias in api.aliases.items()
        if alias.type is not None
    }
    roots: dict[str, tuple[set[str], set[str]]] = {}
    for method in api.methods.values():
        for type_, way in _types(method):
            for root in references(type_):
                roots.setdefault(root, (set(), set()))[way].add(method.id)
    sent: dict[str, set[str]] = {}
    received: dict[str, set[str]] = {}
    for root, (senders, receivers) in roots.items():
        for name in _closure(root, edges):
            sent.setdefault(name, set()).update(senders)
            received.setdefault(name, set()).update(receivers)
    apart = (name for types in (api.messages, api.enums, api.aliases) for name in types if name not in sent)
    found = {name: Reach(frozenset(sent[name]), frozenset(received[name])) for name in sent}
    return {**found, **dict.fromkeys(apart, Reach(is_apart=True))}


def _types(method: Method) -> Iterator[tuple[TypeRef, Literal[0, 1]]]:
    """Yield the types of a call, each with 0 if it is sent and 1 if it is received."""
    for content in () if method.body is None else method.body.contents:
        yield content.type, 0
    for parameter in method.parameters:
        yield parameter.type, 0
    for response in method.responses:
        for content in response.contents:
            yield content.type, 1
    if method.waiting is not None and method.waiting.metadata is not None:
        yield method.waiting.metadata, 1


def _closure(root: str, edges: Mapping[str, frozenset[str]]) -> set[str]:
    found = {root}
    waiting = [root]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found

"""Find the methods that send or receive a message or an enum."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ..ir import Api, references
from .change import Direction


@frozen
class Reach:
    """The ids of the methods that send something, and of those that receive it."""

    sent: frozenset[str] = frozenset()
    received: frozenset[str] = frozenset()

    def joined(self, other: Reach) -> Reach:
        """By either of two revisions."""
        return Reach(self.sent | other.sent, self.received | other.received)

    @property
    def direction(self) -> Direction:
        """The direction in which it travels."""
        if self.sent and self.received:
            return Direction.BOTH
        return Direction.SENT if self.sent else Direction.RECEIVED if self.received else Direction.NONE

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that reaches it, sorted."""
        return tuple(sorted(self.sent | self.received))


def reached(api: Api) -> Mapping[str, Reach]:
    """The reach of every message and enum, by published name."""
    edges = {
        message.name: frozenset(name for field in message.wire_fields for name in references(field.type))
        for message in api.messages.values()
    }
    roots: dict[str, tuple[set[str], set[str]]] = {}
    for method in api.methods.values():
        metadata = method.waiting.metadata if method.waiting is not None else None
        kept = next(references(metadata), None) if metadata is not None else None
        for root, way in ((method.request, 0), (method.response, 1), (kept, 1)):
            if root is not None:
                roots.setdefault(root, (set(), set()))[way].add(method.id)
    sent: dict[str, set[str]] = {}
    received: dict[str, set[str]] = {}
    for root, (senders, receivers) in roots.items():
        for name in _closure(root, edges):
            sent.setdefault(name, set()).update(senders)
            received.setdefault(name, set()).update(receivers)
    return {name: Reach(frozenset(sent[name]), frozenset(received[name])) for name in sent}


def _closure(root: str, edges: Mapping[str, frozenset[str]]) -> set[str]:
    found = {root}
    waiting = [root]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found

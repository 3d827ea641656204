"""Paging: recognize a list method by the fields of its request and answer (AIP-158)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..ir import (
    InBody,
    InParameter,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Paging,
    Scalar,
    TupleOf,
    TypeRef,
)
from .naming import Naming

TOKENS: Final = (
    ("pageToken", "nextPageToken"),
    ("pageToken", "pageToken"),
    ("nextPageToken", "nextPageToken"),
)
"""The token in a request and in its answer: those of AIP-158, of BigQuery, and of Identity Toolkit."""
NO_ITEMS: Final = frozenset({"unreachable", "unreachables"})
"""Lists of an answer that name places without an answer (AIP-217)."""
NONE: Final = "-"
"""In the lock: the method returns one answer."""


def paging(method: Method, body: Message | None, answer: Message | None, naming: Naming) -> Paging | None:
    """Return how a method pages; None when the document leaves the items in doubt.

    A method that was published with one answer keeps it, and one with a pager keeps its items.
    """
    key = f"pager:{method.id}"
    found = _paging(method, body, answer, naming.before(key))
    naming.decide(key, NONE if found is None else found.items[0])
    return found


def _paging(
    method: Method, body: Message | None, answer: Message | None, before: str | None
) -> Paging | None:
    if before == NONE or answer is None or method.verb not in ("GET", "POST"):
        return None
    in_query = {each.wire for each in method.parameters}
    in_body = set[str]() if body is None else {field.wire for field in body.fields}
    in_answer = {field.wire for field in answer.fields}
    tokens = next((each for each in TOKENS if each[0] in in_query | in_body and each[1] in in_answer), None)
    items = _items(answer)
    wire = before if before in items else _chosen(method, items)
    if tokens is None or wire is None:
        return None
    return Paging(
        place=InParameter(tokens[0]) if tokens[0] in in_query else InBody((tokens[0],)),
        items=(wire,),
        next=(tokens[1],),
        item=items[wire],
    )


def _items(answer: Message) -> dict[str, TypeRef]:
    """Return the types of what an answer may list: the items of its lists, and the pairs of its map `items`."""
    found: dict[str, TypeRef] = {}
    for field in answer.fields:
        if isinstance(field.type, ListOf) and field.wire not in NO_ITEMS:
            found[field.wire] = field.type.item
        elif isinstance(field.type, MapOf) and field.wire == "items":
            found[field.wire] = TupleOf((Scalar(Kind.STRING), field.type.value))
    return found


def _chosen(method: Method, items: Mapping[str, TypeRef]) -> str | None:
    """Return the items that a method lists: the only ones, the only messages, or those that the method is called after."""
    messages = [wire for wire, item in items.items() if wire == "items" or isinstance(item, MessageRef)]
    wires = messages or list(items)
    if len(wires) == 1:
        return wires[0]
    for names in _tests(method):
        found = [wire for wire in wires if names(wire)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _tests(method: Method) -> Iterator[Callable[[str], bool]]:
    """Yield tests of a list's name, the surest first: `items`, the resource of the method, `results`, `rows`, or a part of it."""
    noun = _singular(method.resource[-1]) if method.resource else ""
    verb = _singular(method.wire)
    yield lambda wire: wire == "items"
    yield lambda wire: _singular(wire) == noun
    yield lambda wire: wire == "results"
    yield lambda wire: wire == "rows"
    yield lambda wire: bool(noun) and (_singular(wire) in noun or noun in _singular(wire))
    yield lambda wire: verb.endswith(_singular(wire))


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")

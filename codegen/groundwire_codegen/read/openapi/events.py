"""Events: the bodies that a service sends by itself, as webhooks and callbacks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from ...ir import references
from ..cursor import Cursor
from .bodies import Bodies
from .operations import Operations
from .vocabulary import VERBS

_MAX_EVENTS: Final = 5_000
"""Requests of webhooks and callbacks that are read."""


def read_events(root: Cursor, operations: Operations) -> tuple[str, ...]:
    """Return the keys of the types that stand inline in bodies of events. What is wrong with one is a warning."""
    found: dict[str, None] = {}
    bodies, problems = Bodies(operations.schemas), root.problems
    warnings = operations.schemas.documents.warnings
    start = len(problems)
    for place, operation in itertools.islice(_requests(root, operations), _MAX_EVENTS):
        before = len(problems)
        body = bodies.read_request(operation, place)
        if body is not None and len(problems) == before:
            found.update(
                (name, None)
                for content in body.contents
                for name in references(content.type)
                if name.startswith("/") or "#/" in name
            )
    for fault in problems[start:]:
        warnings.setdefault((fault.source, fault.pointer, fault.message), fault)
    del problems[start:]
    return tuple(found)


def _requests(root: Cursor, operations: Operations) -> Iterator[tuple[str, Cursor]]:
    """Yield each request of a webhook and of a callback, with the place of its types."""
    webhooks = root.any("webhooks")
    if isinstance(webhooks, dict):
        yield from _below(root.at("webhooks", webhooks), operations)
    for id_, operation in operations.stated.items():
        callbacks = operation.any("callbacks")
        if isinstance(callbacks, dict):
            for name, callback in _items(operation.at("callbacks", callbacks), operations):
                for place, request in _below(callback, operations):
                    yield f"{id_}.{name}" if place.startswith("{") else place, request


def _below(node: Cursor, operations: Operations) -> Iterator[tuple[str, Cursor]]:
    """Yield the operations of the path items below a node."""
    for name, item in _items(node, operations):
        for verb in VERBS:
            operation = item.any(verb)
            if isinstance(operation, dict):
                request = item.at(verb, operation)
                stated = request.any("operationId")
                yield stated if isinstance(stated, str) and stated.isascii() else name, request


def _items(node: Cursor, operations: Operations) -> Iterator[tuple[str, Cursor]]:
    """Yield the objects below a node, with references followed."""
    for name, value in (node.members or {}).items():
        if isinstance(value, dict) and not name.startswith("x-"):
            target = operations.schemas.documents.resolve(node.at(name, value))
            if target is not None and target.members is not None:
                yield name, target

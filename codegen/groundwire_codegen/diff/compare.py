"""Compare two APIs and return every change with its verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import Api
from ..lower.waiting import Waited, waited
from .access import access_changes
from .aliases import alias_changes
from .change import Change, Diff, Place
from .enums import enum_changes
from .fields import pointers
from .ground import ground
from .messages import message_changes
from .methods import method_changes


def compare(old: Api, new: Api) -> Diff:
    """Return every change between two APIs whose names were given in turn, the new ones after the old ones."""
    on = ground(old, new)
    places = pointers(old.messages) | pointers(new.messages)
    changes = (
        *access_changes(old, new),
        *_client_changes(old, new),
        *_resource_changes(old, new),
        *method_changes(on),
        *message_changes(on),
        *enum_changes(on, places),
        *alias_changes(on),
    )
    methods = tuple(sorted(old.methods.keys() | new.methods.keys()))
    return Diff(old=_title(old), new=_title(new), changes=changes, methods=methods)


def _title(api: Api) -> str:
    # The id of a Discovery document has the version already.
    return f"{api.id} {api.revision or ('' if ':' in api.id else api.version)}".strip()


def _client_changes(old: Api, new: Api) -> Iterator[Change]:
    before, after = ({held.name: held for held in api.held} for api in (old, new))
    for name in before.keys() | after.keys():
        place = Place(subject="client", path=f"client.{name}", name=f"Client({name})")
        if name not in after:
            yield place.change("client.argument-removed", old=name)
        elif name not in before:
            yield place.change("client.argument-added", new=name)
        elif before[name].prefix != after[name].prefix:
            yield place.change("client.argument-prefix", before[name].prefix or "", after[name].prefix or "")
    yield from _wait_changes(waited(old), waited(new))


def _wait_changes(old: Waited | None, new: Waited | None) -> Iterator[Change]:
    place = Place(subject="client", path="client.wait()", name="client.wait")
    before, after = _wait(old), _wait(new)
    if before != after:
        rule = "wait-added" if old is None else "wait-removed" if new is None else "wait-types"
        yield place.change(f"client.{rule}", before, after)
    elif old is not None and new is not None and old.polls[0].method != new.polls[0].method:
        yield place.change("client.wait-poll", old.polls[0].method, new.polls[0].method)


def _wait(shape: Waited | None) -> str:
    if shape is None:
        return ""
    metadata = " | ".join(shape.metadata) or "Mapping[str, Any]"
    return f"{shape.message} with metadata {metadata}"


def _resource_changes(old: Api, new: Api) -> Iterator[Change]:
    """Resources that are called otherwise; those that come or go do so with their methods."""
    before, after = ({each.path: each for each in api.resources} for api in (old, new))
    for path in before.keys() & after.keys():
        first, second = before[path], after[path]
        if first != second:
            place = Place(subject="resource", path=".".join(path), name=f"client.{second.name}")
            words = (f"{each.name} ({each.class_name})" for each in (first, second))
            yield place.change("resource.name", *words)

"""Compare messages and their unions."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from ..ir import Group, MapOf, Message
from .change import Change, Place
from .fields import bound_changes, field_changes, type_changes
from .fits import Fit
from .ground import Ground, same_shape, text_changes
from .types import shown


def message_changes(on: Ground) -> Iterator[Change]:
    """Yield every change of a message, of its unions and of its fields. Messages are the same by schema, or by place."""
    old = {message.place: message for message in on.old.messages.values()}
    new = {message.place: message for message in on.new.messages.values()}
    gone = {key: _shape(old[key]) for key in old.keys() - new.keys()}
    come = {key: _shape(new[key]) for key in new.keys() - old.keys()}
    renamed = {key: other for key, other in same_shape(gone, come) if gone[key]}
    for key, other in renamed.items():
        yield _place(on, new[other], old[key]).change(
            "message.renamed", key, other, contains=_wires(old[key])
        )
    for key in gone.keys() - renamed.keys():
        yield _place(on, old[key]).change("message.removed", old=old[key].name, contains=_wires(old[key]))
    for key in come.keys() - {*renamed.values()}:
        yield _place(on, new[key]).change("message.added", new=new[key].name, contains=_wires(new[key]))
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            yield from _between(on, _place(on, new[key], old[key]), old[key], new[key])


def _shape(message: Message) -> tuple[object, ...]:
    return tuple((field.wire, field.type) for field in message.wire_fields)


def _wires(message: Message) -> tuple[str, ...]:
    return tuple(field.wire for field in message.wire_fields)


def _place(on: Ground, message: Message, before: Message | None = None) -> Place:
    reach = on.of(message.name, *([before.name] if before is not None else []))
    return Place(
        subject="message",
        path=message.place,
        name=message.name,
        pointer=message.pointer,
        direction=reach.direction,
        methods=reach.methods,
    )


def _between(on: Ground, place: Place, old: Message, new: Message) -> Iterator[Change]:
    if old.name != new.name:
        yield place.change("message.name", old.name, new.name)
    if old.family != new.family:
        yield place.change("message.family", _family(old), _family(new))
    yield from text_changes(place, "message", (old.doc, old.deprecated), (new.doc, new.deprecated))
    yield from field_changes(place, old, new, on.fit)
    yield from _extra_changes(place, old, new, on.fit)
    yield from _union_changes(place, old, new)


def _family(message: Message) -> str:
    return "a family" if message.family else "one class"


def _extra_changes(whole: Place, old: Message, new: Message, fit: Fit) -> Iterator[Change]:
    """Changes of the attribute with the values under all other keys."""
    if (old.extra, old.extra_name, old.extra_rules) == (new.extra, new.extra_name, new.extra_rules):
        return
    name = new.extra_name or old.extra_name
    place = evolve(whole, subject="field", path=f"{whole.path}.*", name=f"{whole.name}.{name}")
    if old.extra is None or new.extra is None:
        words = ["" if each.extra is None else shown(MapOf(each.extra)) for each in (old, new)]
        yield place.change("message.extra-removed" if new.extra is None else "message.extra-added", *words)
        return
    if old.extra_name != new.extra_name:
        yield place.change("field.name", old.extra_name, new.extra_name)
    yield from type_changes(place, MapOf(old.extra), MapOf(new.extra), fit)
    yield from bound_changes(place, old.extra_rules, new.extra_rules)


def _union_changes(whole: Place, old: Message, new: Message) -> Iterator[Change]:
    before = {union.wire: union for union in old.groups}
    after = {union.wire: union for union in new.groups}

    def place(union: Group) -> Place:
        return Place(
            subject="union",
            path=f"{whole.path}.{union.wire}",
            name=f"{whole.name}.{union.name}" if union.name else whole.name,
            pointer=whole.pointer,
            direction=whole.direction,
            methods=whole.methods,
        )

    for wire in before.keys() - after.keys():
        yield place(before[wire]).change("union.removed", old=wire)
    for wire in after.keys() - before.keys():
        needed = after[wire].required and whole.direction.sends
        yield place(after[wire]).change("union.added-required" if needed else "union.added", new=wire)
    for wire in before.keys() & after.keys():
        first, second = before[wire], after[wire]
        if first.name != second.name and old.family == new.family:
            yield place(second).change("union.name", first.name, second.name)
        if first.required != second.required:
            sends = whole.direction.sends
            rule = "required" if second.required else "optional"
            yield place(second).change(
                f"union.{rule if sends else 'unchecked'}", _required(first), _required(second)
            )
        yield from text_changes(place(second), "union", (first.doc, False), (second.doc, False))


def _required(union: Group) -> str:
    return "required" if union.required else "optional"

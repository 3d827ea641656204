"""Compare enums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..ir import Enum
from .change import Change, Place
from .ground import Ground, alike, same_shape, text_changes


def enum_changes(on: Ground, pointers: Mapping[str, str]) -> Iterator[Change]:
    """Yield every change of an enum; `pointers` say where each is stated, by name."""
    old, new = on.old.enums, on.new.enums

    def place(*names: str) -> Place:
        reach = on.of(*names)
        return Place(
            subject="enum",
            path=names[-1],
            name=names[-1],
            pointer=pointers.get(names[-1], ""),
            direction=reach.direction,
            methods=reach.methods,
        )

    gone = {name: _values(old[name]) for name in old.keys() - new.keys()}
    come = {name: _values(new[name]) for name in new.keys() - old.keys()}
    renamed = dict(same_shape(gone, come))
    for name, other in renamed.items():
        yield place(name, other).change("enum.renamed", name, other, contains=gone[name])
    for name in gone.keys() - renamed.keys():
        yield place(name).change("enum.removed", old=name, contains=gone[name])
    for name in come.keys() - {*renamed.values()}:
        yield place(name).change("enum.added", new=name, contains=come[name])
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            yield from _between(place(name), old[name], new[name])


def _values(enum: Enum) -> tuple[str, ...]:
    return tuple(value.wire for value in enum.values)


def _between(whole: Place, old: Enum, new: Enum) -> Iterator[Change]:
    before = {value.wire: value for value in old.values}
    after = {value.wire: value for value in new.values}

    def place(wire: str) -> Place:
        name = (after.get(wire) or before[wire]).name
        return Place(
            subject="value",
            path=f"{whole.path}.{wire}",
            name=f"{whole.name}.{name}",
            pointer=whole.pointer,
            direction=whole.direction,
            methods=whole.methods,
        )

    renamed = dict(alike(before.keys() - after.keys(), after.keys() - before.keys()))
    for wire, other in renamed.items():
        yield place(other).change("enum.value-renamed", wire, other)
    for wire in before.keys() - after.keys() - renamed.keys():
        yield place(wire).change("enum.value-removed", old=wire)
    added = "enum.value-received" if whole.direction.receives else "enum.value-sent"
    for wire in after.keys() - before.keys() - {*renamed.values()}:
        yield place(wire).change(added, new=wire)
    for wire in before.keys() & after.keys():
        first, second = before[wire], after[wire]
        if first.name != second.name:
            yield place(wire).change("enum.value-name", first.name, second.name)
        yield from text_changes(
            place(wire), "enum", (first.doc, first.deprecated), (second.doc, second.deprecated)
        )
    if old.whole != new.whole:
        yield whole.change("enum.base", *("whole numbers" if each.whole else "texts" for each in (old, new)))
    yield from text_changes(whole, "enum", (old.doc, False), (new.doc, False))

"""Compare aliases: named unions, and types that hold themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import Alias
from .change import Change, Place
from .ground import Ground, same_shape, text_changes
from .types import shown, step


def alias_changes(on: Ground) -> Iterator[Change]:
    """Yield every change of an alias. Aliases are the same by their place in the document."""
    old = {alias.place: alias for alias in on.old.aliases.values()}
    new = {alias.place: alias for alias in on.new.aliases.values()}
    gone = {key: old[key].type for key in old.keys() - new.keys()}
    come = {key: new[key].type for key in new.keys() - old.keys()}
    renamed = dict(same_shape(gone, come))
    for key, other in renamed.items():
        yield _place(on, new[other], old[key]).change("alias.renamed", key, other)
    for key in gone.keys() - renamed.keys():
        yield _place(on, old[key]).change("alias.removed", old=old[key].name)
    for key in come.keys() - {*renamed.values()}:
        yield _place(on, new[key]).change("alias.added", new=new[key].name)
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            yield from _between(on, _place(on, new[key], old[key]), old[key], new[key])


def _place(on: Ground, alias: Alias, before: Alias | None = None) -> Place:
    reach = on.of(alias.name, *([before.name] if before is not None else []))
    return Place(
        subject="alias",
        path=alias.place,
        name=alias.name,
        pointer=alias.pointer,
        direction=reach.direction,
        methods=reach.methods,
    )


def _between(on: Ground, place: Place, old: Alias, new: Alias) -> Iterator[Change]:
    if old.name != new.name:
        yield place.change("alias.name", old.name, new.name)
    if old.type is not None and new.type is not None:
        found = step(old.type, new.type, place.direction, on.fit)
        if found != "same":
            rule = {"annotation": "type", "takes-more": found, "gives-less": found}.get(found, "told-apart")
            if found == "narrowed" and place.direction.sends:
                rule = found
            yield place.change(f"alias.{rule}", shown(old.type), shown(new.type))
    yield from text_changes(place, "alias", (old.doc, old.deprecated), (new.doc, new.deprecated))

"""Selection: the methods and the schemas to generate, and all that they reach."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from ..ir import Api, Method, TupleOf, UnionOf
from ..problem import Problem, SpecError
from ..read.draft import Draft
from ..read.overlay import Overlay
from ..read.overlay.apply import applied_methods, with_extensions
from .limits import broken_limit
from .operations import with_operations
from .reach import Reach

EVERY: Final = "*"
"""In place of the name of a schema: all of the document that can be read."""


@frozen
class Selection:
    """The parts that were reached, the schemas that were left out, and warnings about those that cannot be read."""

    reached: Reach
    left_out: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


def wanted_methods(
    draft: Api, overlay: Overlay, methods: Sequence[str] | None, problems: list[Problem]
) -> list[Method]:
    """Return the methods to generate, sorted by id. An id that the document lacks is a problem."""
    ids = tuple(methods) if methods else overlay.generate or tuple(draft.methods)
    source = "options" if methods else "overlay"
    problems.extend(
        Problem(source, "/generate", f"the document has no method {name!r}")
        for name in ids
        if name not in draft.methods
    )
    return [draft.methods[name] for name in sorted(set(ids)) if name in draft.methods]


def wanted_schemas(
    overlay: Overlay, methods: Sequence[str] | None, messages: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the schemas to generate besides those that methods reach: those named, else the overlay's, else, where no
    methods are chosen, all of them."""
    if messages is not None:
        return tuple(messages)
    flagged = tuple(name for name, rule in overlay.messages.items() if rule.generate)
    every = () if methods or overlay.generate else (EVERY,)
    return (*(every if overlay.listed is None else overlay.listed), *flagged)


def select(
    draft: Draft, wanted: Sequence[Method], names: Sequence[str], overlay: Overlay, problems: list[Problem]
) -> Selection:
    """Return what the wanted methods and schemas reach. Raises SpecError if it is more than a client may have."""
    reached = Reach(
        with_extensions(draft.api, overlay), with_operations(overlay, draft.api, wanted), problems
    )
    for method in applied_methods(wanted, overlay):
        reached.reach_method(method)
    for name in names:
        if name in draft.api.messages or name in draft.api.enums or name in draft.api.aliases:
            reached.reach_schema(name)
        elif name != EVERY:
            problems.append(
                Problem("options", "/messages", f"the document has no schema {name!r}", "correct the name")
            )
    too_many = broken_limit(reached.messages, reached.enums, reached.methods)
    if too_many:
        words = f"the wanted methods reach more than {too_many}"
        raise SpecError(
            [*problems, Problem("document", "/schemas", words, "choose methods: --methods ID ...")]
        )
    problems += (
        each for each in _faults(draft, (*_keys(reached), *reached.resolved)) if each not in problems
    )
    warnings = _every(draft, reached) if EVERY in names else []
    left = [name for name in named(draft) if not _is_generated(name, draft.api, reached)]
    return Selection(reached, tuple(left), tuple(dict.fromkeys(warnings)))


@frozen
class _State:
    """The state by then: the sizes of each part, and the aliases that are refused or hold themselves."""

    sizes: tuple[int, int, int, int]
    refused: frozenset[str]
    recursive: frozenset[str]

    @classmethod
    def of(cls, reached: Reach) -> _State:
        sizes = (len(reached.messages), len(reached.enums), len(reached.aliases), len(reached.problems))
        return cls(sizes, frozenset(reached.refused), frozenset(reached.recursive))

    def restore(self, reached: Reach) -> None:
        """Forget what was reached since, and its problems."""
        for (_, types), size in zip(_types(reached), self.sizes, strict=False):
            for key in _since(types, size):
                del types[key]
        del reached.problems[self.sizes[3] :]
        reached.refused.intersection_update(self.refused)
        reached.recursive.intersection_update(self.recursive)


def _every(draft: Draft, reached: Reach) -> list[Problem]:
    """Reach all schemas that can be read, and return what is wrong with the others."""
    start = _State.of(reached)
    places = {(kind, each.place): key for kind, types in _types(reached) for key, each in types.items()}
    warnings: list[Problem] = []
    for name in named(draft):
        if any(name in types for _, types in _types(reached)):
            continue
        before = _State.of(reached)
        reached.resolved.clear()
        reached.reach_schema(name)
        keys = _keys(reached, before.sizes[:3])
        faults = [
            *reached.problems[before.sizes[3] :],
            *_faults(draft, (*keys, *reached.resolved)),
            *_clashes(reached, keys, places),
        ]
        if faults:
            before.restore(reached)
            warnings += faults
        else:
            types = dict(_types(reached))
            places |= {
                (kind, types[kind][key].place): key for key in keys for kind in types if key in types[kind]
            }
    too_many = broken_limit(reached.messages, reached.enums, reached.methods)
    if too_many:
        start.restore(reached)
        words = f"the schemas that no method reaches are left out: with them, there are more than {too_many}"
        warnings = [Problem("document", "/schemas", words, "choose some: --messages NAME ...")]
    return warnings


def named(draft: Draft) -> Iterator[str]:
    """Yield the names of the document's schemas, sorted, and the types of events that stand inline."""
    api = draft.api
    names = (name for name in {**api.messages, **api.enums, **api.aliases} if not _is_inline(name))
    yield from (*sorted(names), *draft.events)


def _is_inline(name: str) -> bool:
    return name.startswith("/") or "#/" in name


def _is_generated(name: str, api: Api, reached: Reach) -> bool:
    """Return True for a schema that has a class, or that never has one: a name of a list, a map or a scalar."""
    alias = api.aliases.get(name)
    if alias is not None and not isinstance(alias.type, (UnionOf, TupleOf)):
        return True
    return any(name in types for _, types in _types(reached))


def _types(reached: Reach) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "message", reached.messages
    yield "enum", reached.enums
    yield "alias", reached.aliases


def _keys(reached: Reach, sizes: Sequence[int] = (0, 0, 0)) -> list[str]:
    """Return the keys of what was reached, but for the first ones of each kind."""
    return [
        key for (_, types), size in zip(_types(reached), sizes, strict=True) for key in _since(types, size)
    ]


def _since(types: dict[str, Any], size: int) -> list[str]:
    """Return the keys that came after the first `size`, the last one first: what is new alone is walked over."""
    return list(itertools.islice(reversed(types), len(types) - size))


def _faults(draft: Draft, keys: Sequence[str]) -> list[Problem]:
    return list(dict.fromkeys(each for key in keys for each in draft.type_faults.get(key, ())))


def _clashes(reached: Reach, keys: Sequence[str], places: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """Yield what stands at the place of another type: names of the lock are by place."""
    for kind, types in _types(reached):
        for key in keys:
            other = places.get((kind, types[key].place)) if key in types else None
            if other is not None:
                words = f"its place {types[key].place!r} is that of {other} too"
                yield Problem("document", types[key].pointer, words)

"""Warnings of patterns that are not enforced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from ..ir import Api, Rules
from ..problem import Problem

_SHOWN: Final = 100
_SLOW: Final = (
    "it cannot be shown to match in linear time",
    "the service checks it; the overlay may give another",
)
_FIELD: Final = "of a field, it holds for answers too", "say it in the overlay to have it enforced"
_NOT: Final = " is not enforced: "
_MORE: Final = "; "


def by_kind(warnings: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return warnings with one for all patterns that are not enforced for the same reason."""
    kinds: dict[str, list[Problem]] = {}
    others: list[Problem] = []
    for each in warnings:
        head, found, rest = each.message.partition(_NOT)
        is_pattern = found and head.startswith("pattern ") and each.pointer.endswith("/pattern")
        kind = rest.partition(_MORE)[0] if is_pattern else ""
        (kinds.setdefault(kind, []) if kind else others).append(each)
    return tuple(sorted([*others, *map(_one, kinds.values())]))


def _one(problems: list[Problem]) -> Problem:
    first, *more = sorted(problems)
    if not more:
        return first
    head, _, rest = first.message.partition(_NOT)
    words = f"{head}{_NOT}{rest.partition(_MORE)[0]}; {len(more)} more pattern{'s' if len(more) > 1 else ''} like it: `lint` lists them"
    return evolve(first, message=words)


def unenforced_patterns(api: Api) -> tuple[Problem, ...]:
    """Return a warning for each pattern of the wanted methods that is not enforced, at the first place that states it."""
    places: dict[tuple[str, tuple[str, str]], list[str]] = {}
    for pointer, pattern, why in sorted(_unenforced(api)):
        places.setdefault((pattern, why), []).append(pointer)
    return tuple(
        Problem(
            "document",
            pointers[0],
            f"pattern {pattern[:_SHOWN]!r} is not enforced: {why}"
            + (f"; {len(pointers) - 1} more like it" if len(pointers) > 1 else ""),
            hint,
        )
        for (pattern, (why, hint)), pointers in places.items()
    )


def _unenforced(api: Api) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Yield pointer, pattern and reason, one a place."""
    for method in api.methods.values():
        for parameter in method.parameters:
            rules = parameter.rules
            yield from _slow(parameter.pointer, rules)
    for message in api.messages.values():
        for field in message.wire_fields:
            rules = field.rules
            yield from _slow(field.pointer, rules)
            if field.pattern is not None and rules.pattern is None:
                yield f"{field.pointer}/pattern", field.pattern, _FIELD


def _slow(pointer: str, rules: Rules) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Yield the patterns of a value, and of what it holds, that may take more than linear time."""
    found: Rules | None = rules
    while found is not None:
        if found.pattern is not None and not found.pattern_is_linear:
            yield f"{pointer}/pattern", found.pattern, _SLOW
        found, pointer = found.items, f"{pointer}/items"

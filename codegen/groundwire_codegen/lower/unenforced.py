"""Patterns that a document states and the client does not enforce: they stay documentation, and are said to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..problem import Problem

if TYPE_CHECKING:
    from ..ir import Api

_SHOWN: Final = 100
_SLOW: Final = (
    "it cannot be shown to match in linear time",
    "the service checks it; the overlay may give another",
)
_FIELD: Final = "of a field, it holds for answers too", "say it in the overlay to have it enforced"


def unenforced_patterns(api: Api) -> tuple[Problem, ...]:
    """A warning for each pattern of the wanted methods that is not enforced, at the first place that states it."""
    first: dict[tuple[str, tuple[str, str]], str] = {}
    more: dict[tuple[str, tuple[str, str]], int] = {}
    for pointer, pattern, why in sorted(_stated(api)):
        key = pattern, why
        first.setdefault(key, pointer)
        more[key] = more.get(key, -1) + 1
    return tuple(
        Problem(
            "document",
            pointer,
            f"pattern {pattern[:_SHOWN]!r} is not enforced: {why}"
            + (f"; {more[pattern, (why, hint)]} more like it" if more[pattern, (why, hint)] else ""),
            hint,
        )
        for (pattern, (why, hint)), pointer in first.items()
    )


def _stated(api: Api) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Pointer, pattern and reason, one a place."""
    for method in api.methods.values():
        for parameter in method.parameters:
            if parameter.pattern is not None and not parameter.enforced:
                yield f"{parameter.pointer}/pattern", parameter.pattern, _SLOW
    for message in api.messages.values():
        for field in message.wire_fields:
            if field.pattern is not None and field.rules.pattern is None:
                yield f"{field.pointer}/pattern", field.pattern, _FIELD

"""Trials of a value by the members of unions, each made once: a union inside a union would double them at every level."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from .errors import DecodeError, EncodeError
from .jsontext import SCALARS


class _Memory(threading.local):
    """What the unions around a value have made of it: one that several members try is read, or written, once for each union."""

    found: dict[tuple[int, int, int], _Outcome] | None = None


@frozen
class _Outcome:
    """What became of a value, which is held here so that no other takes its identity; or the error that it gave."""

    value: Any
    made: Any = None
    fault: tuple[type[DecodeError | EncodeError], str, Any, str, str] | None = None


_MEMORY: Final = _Memory()


def once(work: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
    """Return a reader or a writer that does no work twice for one container while an outer union is at work."""

    def remembered(value: Any, depth: int) -> Any:
        if value.__class__ in SCALARS:
            return work(value, depth)
        outer = _MEMORY.found
        found = _MEMORY.found = {} if outer is None else outer
        key = (id(work), id(value), depth)
        try:
            if key not in found:
                found[key] = _outcome(work, value, depth)
            outcome = found[key]
        finally:
            _MEMORY.found = outer
        if outcome.fault is not None:
            cls, path, refused, rule, hint = outcome.fault
            raise cls(path, refused, rule, hint=hint)
        return outcome.made

    return remembered


def _outcome(work: Callable[[Any, int], Any], value: Any, depth: int) -> _Outcome:
    try:
        return _Outcome(value, work(value, depth))
    except (DecodeError, EncodeError) as error:
        # The error itself would keep the frames of the trial, and its path grows on the way out.
        return _Outcome(value, fault=(error.__class__, error.path, error.value, error.rule, error.own_hint))

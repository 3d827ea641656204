"""Absent and empty lists and maps of a message."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, final

import attrs

from .errors import ArgumentError, shortened


@final
class _AbsentList(tuple[Any, ...]):
    """A list that was not given; it equals `()`, and pickles and copies to itself."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = _AbsentList()
"""The value of a list that was not given. It is not sent, unlike a given empty list."""


@final
class Empty(Mapping[str, Any]):
    """A map that was not given; it equals `{}`, and pickles and copies to itself."""

    __slots__ = ()

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "{}"

    def __reduce__(self) -> str:
        return "EMPTY"


EMPTY: Final = Empty()
"""The value of a map that was not given. It is not sent, unlike a given empty map."""
NO_NAMES: Final[frozenset[str]] = frozenset()


def keep_containers(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Make a field annotated `Sequence` keep a tuple, and one annotated `Mapping` a dict of its own.

    An attrs `field_transformer`: the annotations stay abstract, so that callers may pass any sequence or mapping.
    """
    return [_kept(field) for field in fields]


def _kept(field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
    if field.name == "unknown_fields":
        return field.evolve(converter=_unknown)
    annotation = str(field.type)
    if annotation.startswith("Mapping[") and field.default is None:
        return field
    keep = _keeper(annotation)
    return field if keep is None else field.evolve(converter=keep)


def _keeper(annotation: str) -> Callable[[Any], Any] | None:
    """Return the converter that keeps a container of this type, with the containers in it; None for any other type."""
    kind, _, inner = annotation.removesuffix("]").partition("[")
    if kind not in ("Sequence", "Mapping"):
        return None
    outer = _tuple if kind == "Sequence" else _dict
    item = _keeper(inner.removeprefix("str, "))
    if item is None:
        return outer

    def keep(values: Any) -> Any:
        kept = outer(values)
        if kept.__class__ is tuple:
            return tuple([item(each) for each in kept])
        return {key: item(each) for key, each in kept.items()} if kept.__class__ is dict else kept

    return keep


def _tuple(values: Any) -> Any:
    # A string is a sequence too, and never what was meant; encoding reports it with its path.
    if values is ABSENT or isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        return values
    return tuple(values)


def _dict(values: Any) -> Any:
    return dict(values) if isinstance(values, Mapping) and values is not EMPTY else values


def _unknown(values: Any) -> Any:
    return _dict(values) or EMPTY if isinstance(values, Mapping) else values


def field_names(names: Iterable[str]) -> frozenset[str]:
    """Return names as a set, an attrs converter. Raises ArgumentError for text, and for what cannot be iterated."""
    try:
        if not isinstance(names, str):
            return frozenset(names) or NO_NAMES
    except TypeError:
        pass
    raise ArgumentError(f"null_fields: expected a set of names, got {shortened(names)}")

"""Tell whether every value of one type has a place in another, as a type checker and the client see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from attrs import field, frozen

from ..ir import (
    Alias,
    AliasRef,
    Api,
    Const,
    EnumRef,
    Kind,
    ListOf,
    MapOf,
    MessageRef,
    Nullable,
    Packed,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
)

NONE: Final = Const((None,))
"""The type of null alone."""
WIDER: Final = frozenset(
    {
        (Kind.INT32, Kind.INT64),
        (Kind.UINT32, Kind.INT64),
        (Kind.UINT32, Kind.UINT64),
        (Kind.FLOAT, Kind.DOUBLE),
        (Kind.DATE, Kind.STRING),
        (Kind.DATE_TIME, Kind.STRING),
        *((kind, Kind.INTEGER) for kind in (Kind.INT32, Kind.UINT32, Kind.LONG, Kind.ULONG)),
        *((kind, Kind.LONG) for kind in (Kind.INT32, Kind.UINT32)),
        (Kind.UINT32, Kind.ULONG),
        *((kind, Kind.NUMBER) for kind in (Kind.FLOAT, Kind.DOUBLE)),
    }
)
"""Kinds of one annotation, where the second takes every value of the first."""
_NUMBERS: Final = frozenset(
    {Kind.INT32, Kind.UINT32, Kind.INTEGER, Kind.LONG, Kind.ULONG, Kind.FLOAT, Kind.DOUBLE}
)
_PLAIN: Final = _NUMBERS | {Kind.STRING, Kind.BOOLEAN, Kind.NUMBER, Kind.STRUCT}
"""Kinds whose values are JSON values as they are."""


@frozen
class Word:
    """An option that is no type of the IR: a class of the runtime."""

    name: str


UNLISTED: Final = Word("Unlisted")
UNRECOGNIZED: Final = Word("Unrecognized")


@frozen
class Items:
    """A stream of items of a type; None: of events."""

    type: TypeRef | None


Option: TypeAlias = TypeRef | Word | Items
_Pair: TypeAlias = tuple[Option, Option]


def options(type_: TypeRef) -> tuple[Option, ...]:
    """Return the options of which a value of a type is one, in the order in which its annotation has them."""
    match type_:
        case Nullable(inner):
            return (*options(inner), NONE)
        case UnionOf(members):
            return (*(each for member in members for each in options(member)), UNRECOGNIZED)
        case EnumRef():
            return (type_, UNLISTED)
        case Const(values):
            is_open = any(isinstance(value, (str, int)) and not isinstance(value, bool) for value in values)
            return (*(Const((value,)) for value in values), *((UNLISTED,) if is_open else ()))
        case Packed(types):
            return (*(MessageRef(name) for _, name in types), Scalar(Kind.STRUCT))
        case _:
            return (type_,)


@frozen
class Fit:
    """Compares types of two revisions; each side has its own aliases."""

    first: Mapping[str, Alias] = field(factory=dict[str, Alias])
    second: Mapping[str, Alias] = field(factory=dict[str, Alias])

    @classmethod
    def of(cls, first: Api, second: Api) -> Fit:
        """Return what compares types of one API with those of another."""
        return cls(first.aliases, second.aliases)

    @property
    def back(self) -> Fit:
        """The comparison the other way."""
        return Fit(self.second, self.first)

    def all(
        self, first: Iterable[Option], second: Iterable[Option], seen: frozenset[_Pair] = frozenset()
    ) -> bool:
        """Return True if each of the first options fits one of the second."""
        wanted = tuple(second)
        return all(any(self._one(each, other, seen) for other in wanted) for each in first)

    def type(self, first: TypeRef, second: TypeRef, seen: frozenset[_Pair] = frozenset()) -> bool:
        """Return True if every value of the first type is one of the second, and travels as it did."""
        return first == second or self.all(options(first), options(second), seen)

    def _one(self, first: Option, second: Option, seen: frozenset[_Pair]) -> bool:
        if first == second or (first, second) in seen:
            return True
        inside = seen | {(first, second)}
        match first, second:
            case Scalar(kind), Scalar(other):
                return _widens(kind, other)
            case Const((value,)), Scalar(Kind.STRING):
                return isinstance(value, str)
            case _, Scalar(Kind.ANY):
                return self._is_json(first)
            case (ListOf(inner), ListOf(other)) | (MapOf(inner), MapOf(other)):
                return self.type(inner, other, inside)
            case MapOf(inner), Scalar(Kind.STRUCT):
                return self.type(inner, Scalar(Kind.ANY), inside)
            case TupleOf(), TupleOf():
                return self._tuple(first, second, inside)
            case Items(item), Items(other) if item is not None and other is not None:
                return self.type(item, other, inside)
            case AliasRef(name), _ if name in self.first and not self._is_same(first, second):
                return self.all(_of_alias(self.first[name]), (second,), inside)
            case _, AliasRef(name) if name in self.second and not self._is_same(first, second):
                return self.all((first,), _of_alias(self.second[name]), inside)
            case _:
                return False

    def _is_same(self, first: Option, second: Option) -> bool:
        return isinstance(first, AliasRef) and isinstance(second, AliasRef) and first.name == second.name

    def _is_json(self, first: Option) -> bool:
        match first:
            case Scalar(kind):
                return kind in _PLAIN
            case Const():
                return True
            case ListOf(inner) | MapOf(inner):
                return self.type(inner, Scalar(Kind.ANY))
            case _:
                return False

    def _tuple(self, first: TupleOf, second: TupleOf, seen: frozenset[_Pair]) -> bool:
        pairs = zip(first.items, second.items, strict=False)
        rest = first.rest is None or (second.rest is not None and self.type(first.rest, second.rest, seen))
        return (
            len(first.items) == len(second.items)
            and (first.rest is None) == (second.rest is None)
            and rest
            and all(self.type(one, other, seen) for one, other in pairs)
        )


def _of_alias(alias: Alias) -> tuple[Option, ...]:
    return () if alias.type is None else options(alias.type)


def _widens(first: Kind, second: Kind) -> bool:
    return (first, second) in WIDER or (second is Kind.NUMBER and first in _NUMBERS)

"""What OpenAPI adds to the language of a client's table: unions, constants, null, tuples, and named types that are no class."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# Every reader and writer has the same shape, so some leave the depth unused.
# ruff: noqa: ARG001, ARG002

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, ClassVar, Final, TypeAlias

from attrs import field, frozen

from .bounds import Bounds, bounded
from .errors import DecodeError, EncodeError, GroundwireError
from .jsontext import SCALARS, Codec, read_any, write_any
from .messages import Unlisted, Unrecognized
from .schema import Classes, Type, codec_of
from .shapes import JSON_NAMES, Shape, joined, shape, shape_of
from .trials import once

JsonScalar: TypeAlias = str | int | float | bool | None


@frozen
class Alias:
    """A named type of this client that is no class. It may hold itself, so it is looked up at its first use."""

    name: str

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the type."""
        return Codec(
            lambda value, depth: classes.alias_codec(self.name).read(value, depth),
            lambda value, depth: classes.alias_codec(self.name).write(value, depth),
        )

    def shape(self, classes: Classes) -> Shape:
        """Return the shape of the type."""
        return shape_of(classes.alias(self.name), classes)


@frozen
class Const:
    """One of some constants. Another text or whole number that came is kept as `Unlisted`."""

    values: tuple[JsonScalar, ...]

    @property
    def takes_null(self) -> bool:
        """True if null is one of them."""
        return None in self.values

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the constants."""
        texts: dict[Any, str] = {(value.__class__, value): json.dumps(value) for value in self.values}
        names = " or ".join(texts.values())

        def read(value: Any, depth: int) -> Any:
            if value.__class__ in (str, int) and (value.__class__, value) not in texts:
                return Unlisted(value)
            if value.__class__ in (list, dict) or (value.__class__, value) not in texts:
                raise DecodeError.expected(value, names)
            return value

        def write(value: Any, depth: int) -> str:
            if value.__class__ is Unlisted:
                return write_any(str(value) if value.number is None else value.number, depth)
            text = texts.get((value.__class__, value)) if value.__class__ in SCALARS else None
            if text is None:
                raise EncodeError.expected(value, names)
            return text

        return Codec(read, write)

    def shape(self, classes: Classes) -> Shape:
        """Return the shape of the constants."""
        kinds = tuple(dict.fromkeys(value.__class__ for value in self.values))
        return shape(kinds, kinds)


@frozen
class Nullable:
    """A type, or null."""

    type: Type
    takes_null: ClassVar = True

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the type, which reads null as None and writes None as null."""
        item = codec_of(self.type, classes)
        return Codec(
            lambda value, depth: None if value is None else item.read(value, depth),
            lambda value, depth: "null" if value is None else item.write(value, depth),
            item.plain | {type(None)},
        )

    def shape(self, classes: Classes) -> Shape:
        """Return the shape of the type, with null."""
        return joined((shape_of(self.type, classes), shape((type(None),), (type(None),))))


@frozen
class TupleOf:
    """A list with a type for each place, kept as a tuple; `rest` is that of what follows, None: nothing may.

    `bounds` are those of the places, in order, and of what follows.
    """

    items: tuple[Type, ...]
    rest: Type | None = None
    bounds: tuple[Bounds | None, ...] = ()

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the list."""
        types = self.items if self.rest is None else (*self.items, self.rest)
        codecs = [codec_of(each, classes) for each in types]
        for place, bounds in enumerate(self.bounds):
            codecs[place] = codecs[place] if bounds is None else bounded(codecs[place], bounds)
        first, rest = codecs[: len(self.items)], None if self.rest is None else codecs[-1]
        length = f"a list of {len(first)} items{'' if rest is None else ' or more'}"

        def fits(value: Sequence[Any]) -> bool:
            return len(value) == len(first) or (rest is not None and len(value) > len(first))

        def at(index: int) -> Codec:
            return first[index] if index < len(first) or rest is None else rest

        def read(value: Any, depth: int) -> tuple[Any, ...]:
            if value.__class__ is not list or not fits(value):
                raise DecodeError.expected(value, length)
            return tuple(_each(value, lambda index, item: at(index).read(item, depth)))

        def write(value: Any, depth: int) -> str:
            if isinstance(value, (str, bytes)) or not isinstance(value, Sequence) or not fits(value):
                raise EncodeError.expected(value, length)
            return f"[{','.join(_each(value, lambda index, item: at(index).write(item, depth)))}]"

        return Codec(read, write)

    def shape(self, classes: Classes) -> Shape:
        """Return the shape of a list."""
        return shape((list,), (Sequence,))


def _each(values: Sequence[Any], change: Callable[[int, Any], Any]) -> list[Any]:
    """Return what becomes of each item; an error knows the item's place."""
    changed: list[Any] = []
    try:
        for index, item in enumerate(values):
            changed.append(change(index, item))
    except (DecodeError, EncodeError) as error:
        raise error.under(len(changed)) from None
    return changed


@frozen
class Tag:
    """A property tells the members of a union apart: pairs of its value and the member's place.

    `absent` are the places of members that an object without the property may be.
    """

    key: str
    values: tuple[tuple[JsonScalar, int], ...]
    absent: tuple[int, ...] = ()

    def ranked(self, value: Mapping[str, Any], places: Sequence[int]) -> Sequence[int]:
        """Return the one of some members that an object is, or none; without the property, those that need none."""
        if self.key not in value:
            return [place for place in places if place in self.absent]
        tag = value.get(self.key)
        named = (place for known, place in self.values if known == tag and known.__class__ is tag.__class__)
        return [place for place in named if place in places][:1]


def _sets(keys: Iterable[Iterable[str]]) -> tuple[Set[str], ...]:
    return tuple(frozenset(each) for each in keys)


@frozen
class Keys:
    """Keys tell the members of a union apart, one set a member: those that it requires, or else all that it has.

    `exact`: a member all of whose keys are there. Otherwise the one with the fewest unknown keys, then the fewest missing.
    A member that does not take the value leaves it to the next.
    """

    keys: tuple[Set[str], ...] = field(converter=_sets)
    exact: bool = True

    def ranked(self, value: Mapping[str, Any], places: Sequence[int]) -> Sequence[int]:
        """Return the members that an object may be, the likeliest first: keys are a guess."""
        if self.exact:
            fits = [place for place in places if self.keys[place] <= value.keys()]
            return sorted(fits, key=lambda place: -len(self.keys[place]))
        keys = value.keys()
        return sorted(places, key=lambda place: (len(keys - self.keys[place]), len(self.keys[place] - keys)))


@frozen
class Union:
    """A value of one of several types. What no member fits is kept as `Unrecognized`.

    A value is told apart by its JSON type, and an object of several that may be by `by`; without it, the first member
    that takes the value is taken.
    """

    members: tuple[Type, ...]
    by: Tag | Keys | None = None

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the union."""
        members = [codec_of(each, classes) for each in self.members]
        shapes = [shape_of(each, classes) for each in self.members]
        return Codec(_union_reader(members, shapes, self.by), _union_writer(members, shapes))

    def shape(self, classes: Classes) -> Shape:
        """Return the shapes of the members as one."""
        return joined([shape_of(each, classes) for each in self.members])


_UNFIT: Final = object()


def _union_reader(
    members: Sequence[Codec], shapes: Sequence[Shape], by: Tag | Keys | None
) -> Callable[[Any, int], Any]:
    by_type: dict[type, list[int]] = {
        kind: [place for place, each in enumerate(shapes) if kind in each.json] for kind in JSON_NAMES
    }
    # 1.0 is an integer to JSON Schema, also where no other number may be.
    by_type[float] = by_type[float] or by_type[int]

    def read(value: Any, depth: int) -> Any:
        fitting: Sequence[int] = by_type[value.__class__]
        if value.__class__ is dict and by is not None and len(fitting) > 1:
            fitting = by.ranked(value, fitting)
        found = _first_read([members[place] for place in fitting], value, depth)
        return Unrecognized(read_any(value, depth)) if found is _UNFIT else found

    return once(read)


def _first_read(members: Sequence[Codec], value: Any, depth: int) -> Any:
    for member in members:
        try:
            return member.read(value, depth)
        except DecodeError:
            continue
    return _UNFIT


def _union_writer(members: Sequence[Codec], shapes: Sequence[Shape]) -> Callable[[Any, int], str]:
    def write(value: Any, depth: int) -> str:
        if value.__class__ is Unrecognized:
            return write_any(value.value, depth)
        places = [place for place, shape in enumerate(shapes) if shape.takes(value)]
        # A number is sent as a number where a member reads numbers, before one that writes it as text.
        places.sort(key=lambda place: value.__class__ is int and int not in shapes[place].json)
        faults: list[GroundwireError] = []
        for place in places:
            try:
                return members[place].write(value, depth)
            except EncodeError as error:
                faults.append(error)
        if len(faults) == 1:
            raise faults[0]
        raise EncodeError.expected(value, " or ".join(dict.fromkeys(shape.name for shape in shapes)))

    return once(write)

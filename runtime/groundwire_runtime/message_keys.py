"""The keys of a message: rows for the loops that read and write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs
from attrs import define

from .jsontext import Codec, Reader, Writer

Put: TypeAlias = Callable[[Any, Any], None]
"""Fills one slot of a new object of a frozen class."""

SHORT: Final = 64
"""Characters of a text whose frozen value is shared."""
SHARED: Final = 1_024
"""Values of one key and one type that are shared."""


def setter(cls: type, attribute: str) -> Put:
    """Return the function that fills a slot."""
    put: Put = getattr(cls, attribute).__set__
    return put


@define(eq=False)
class Key:
    """A key of a message: where its value goes, and how it is read and written. It finds its codec at its first use."""

    name: str
    null_name: str
    """The name in `Message.null_fields`."""
    find: Callable[[], Codec]
    put: Put
    plain: frozenset[type]
    """Classes of the values that are kept as they are read."""
    text: bool
    """A text is written without a call: it has no bounds to keep."""
    nullable: bool
    """Null is a value here, and not absence."""
    union: str = ""
    """The attribute, or the family, that this is a member of."""
    wraps: bool = False
    """The value is inside a class that stands for a member of a union."""
    shared: Mapping[type, dict[Any, Any]] | None = None
    """Objects of that class by the values in them, which are made once; None where none is shared."""
    check: Callable[[Any, Any], None] | None = None
    """Holds the value to a rule that concerns the whole message."""
    first: str = attrs.field(init=False)
    """JSON text of the key where nothing stands before it; `next` where something does."""
    next: str = attrs.field(init=False)
    read: Reader = attrs.field(init=False)
    write: Writer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.first, self.next = f"{{{json.dumps(self.name)}:", f",{json.dumps(self.name)}:"
        self.read = lambda value, depth: self._found().read(value, depth)
        self.write = lambda value, depth: self._found().write(value, depth)

    def _found(self) -> Codec:
        codec = self.find()
        self.read, self.write = codec.read, codec.write
        return codec


@define(eq=False)
class Row:
    """An attribute of a message as it is written: one key, or for a union one for each class of its values."""

    name: str
    absent: object
    key: Key | None = None
    by_class: Mapping[type, Key] = attrs.field(factory=dict[type, Key])
    required: str = ""
    """The rule that a missing value breaks; empty where it may be missing."""
    default: object = None
    """What a message that was read holds for an absent value."""
    needed: bool = False
    """The class has no default: what is read must have it too."""
    null: bool = False
    """None is written as null: the value must be there, and may be null."""

    def opening(self, before: str) -> str:
        """Return the text of the key behind other text of the message."""
        key = self.keys[0]
        return key.next if before else key.first

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys under which the value may stand."""
        return tuple(self.by_class.values()) if self.key is None else (self.key,)


def shared_by_class(plain: frozenset[type]) -> dict[type, dict[Any, Any]] | None:
    """Return where what is made of frequent values is kept, such as the name of a function: each is made once.

    Floats are not shared: 0.0 equals -0.0. None where no value is shared.
    """
    return {cls: {} for cls in plain & {str, int, bool}} or None


def share(known: dict[Any, Any], value: Any, made: Any) -> None:
    """Keep what was made of a value, unless that is a long text."""
    if value.__class__ is not str or len(value) <= SHORT:
        known[value] = made

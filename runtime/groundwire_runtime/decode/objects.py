"""Messages: how their objects are made, and what an unusual one is read as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from ..errors import DecodeError
from ..messages import EMPTY, Message
from .containers import Decoder
from .fault import conflict

T = TypeVar("T")
MessageT = TypeVar("MessageT", bound=Message)
MISSING: Final = object()
"""What stands for an absent key where null is a value."""
SHORT: Final = 64
"""Characters of a text whose frozen value is shared."""
SHARED: Final = 1_024
"""Values of one class that are shared."""


def renamed(data: dict[str, Any], known: frozenset[str]) -> dict[str, Any] | None:
    """The object with known fields in their JSON names, where proto3 JSON also takes the original ones.

    None when it has no original name. Raises DecodeError when a field is there under two names.
    """
    wires = {
        key: wire for key in data if "_" in key and key not in known and (wire := _json_name(key)) in known
    }
    if not wires:
        return None
    found: dict[str, Any] = {}
    for key, value in data.items():
        wire = wires.get(key, key)
        if found.get(wire) is not None and value is not None:
            raise _repeated(value, wire)
        if wire not in found or value is not None:
            found[wire] = value
    return found


def _json_name(original: str) -> str:
    """The JSON name of a proto field: without underscores, the letter after one in upper case."""
    first, *rest = original.split("_")
    return first + "".join([part[:1].upper() + part[1:] for part in rest])


def _repeated(value: object, name: str) -> DecodeError:
    return DecodeError("", value, f"{name} is set more than once").under(name)


def family(
    data: dict[str, Any],
    depth: int,
    bare: type[MessageT],
    members: Mapping[str, Callable[[Any, int], MessageT]],
    known: frozenset[str],
    plain: Mapping[str, tuple[str, Decoder]],
    null: str | None,
) -> MessageT:
    """A message that is a variant of a family, whatever else it holds.

    Null leaves a member unset, but for the member `null`, of which it is a value. Without a known member it is the
    bare class.
    """
    data = renamed(data, known) or data
    found: MessageT | None = None
    chosen = ""
    others: dict[str, Any] = {}
    for key in [key for key in data if key in members or key in plain]:
        value = data.pop(key)
        if value is None and key != null:
            continue
        if key in plain:
            attribute, read = plain[key]
            try:
                others[attribute] = read(value, depth)
            except DecodeError as error:
                raise error.under(key) from None
            continue
        if chosen:
            raise conflict(value, bare.__name__, chosen, key).under(key)
        chosen, found = key, members[key](value, depth)
    if found is None:
        return bare(**others, unknown_fields=data)
    return attrs.evolve(found, **others, unknown_fields=data)


def joined(first: MessageT, second: MessageT) -> MessageT:
    """A message that came in two parts: fields in their JSON names, and fields in their original ones."""
    found: dict[str, Any] = {"unknown_fields": second.unknown_fields}
    for each in attrs.fields(type(first)):
        value = getattr(second, each.name)
        if each.name == "unknown_fields" or value is each.default or value is EMPTY:
            continue
        if getattr(first, each.name) is not each.default and getattr(first, each.name) is not EMPTY:
            raise _repeated(value, each.name)
        found[each.name] = value
    return attrs.evolve(first, **found)


new: Final = object.__new__
"""An object of a class, with nothing in its slots."""


def setter(cls: type, attribute: str) -> Callable[[Any, Any], None]:
    """What fills one slot of a new object of a class, which is frozen from then on."""
    put: Callable[[Any, Any], None] = getattr(cls, attribute).__set__
    return put


put_unknown_fields: Final = setter(Message, "unknown_fields")


def builder(cls: type[T]) -> Callable[..., T]:
    """A constructor that takes every field by position, in attrs order, as decoded: no converter runs."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)  # type: ignore[arg-type] # every message is one
    setters = [setter(cls, field.name) for field in fields]

    def build(*values: Any) -> T:
        made = new(cls)
        for put, value in zip(setters, values, strict=True):
            put(made, value)
        return made

    return build


def one_value(cls: type[T]) -> Callable[[Any], T]:
    """A constructor for a one-value class of a union."""
    put = setter(cls, "value")

    def build(value: Any) -> T:
        made = new(cls)
        put(made, value)
        return made

    return build


def one_text(cls: type[T]) -> Callable[[str], T]:
    """`one_value` for text: what is short and frequent, such as the name of a function, is made once and shared."""
    known: dict[str, T] = {}
    make = one_value(cls)

    def build(value: str) -> T:
        found = known.get(value)
        if found is None:
            found = make(value)
            if len(value) <= SHORT and len(known) < SHARED:
                known[value] = found
        return found

    return build

"""Values that a service would read but never writes: proto3 JSON has one form for each value that is written.

Source: https://protobuf.dev/programming-guides/json/. A service was seen to send 64-bit integers both as a number and as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from groundwire_codegen.ir import Kind

from ..exchange import JsonObject, JsonValue
from ..rules.error_bodies import Fault
from ..validate.faults import pointer
from ..validate.shapes import AnyShape, EnumShape, ListShape, MapShape, MessageShape, ScalarShape, Shape
from ..validate.values import MAX_NESTED

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z")
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,19})")
_SPECIAL: Final = ("NaN", "Infinity", "-Infinity")


def canonical_faults(record: MessageShape, body: JsonObject) -> Iterator[Fault]:
    """Iterate over the values of an answer that are not in the form in which services write them.

    Names that the message lacks, and values that cannot be read at all, are left to `validate`.
    """
    return _message(record, body, ())


Trail = tuple[str, ...]


def _message(record: MessageShape, body: JsonObject, trail: Trail) -> Iterator[Fault]:
    if len(trail) > 2 * MAX_NESTED:
        return
    for name, value in body.items():
        slot = record.slots.get(name)
        if slot is None:
            continue
        at = (*trail, name)
        if name != slot.wire:
            yield _fault("answer-name", at, f"The service writes {slot.wire!r}.")
        if value is None and not slot.nullable:
            yield _fault("answer-value", at, "The service leaves out what is unset, and sends no null.")
        elif slot.field.wrapped and isinstance(value, dict):
            yield _fault(
                "answer-value", at, "The service sends the value itself, without an object around it."
            )
        elif value is not None:
            yield from _value(slot.shape, value, at)


def _value(shape: Shape, value: JsonValue, trail: Trail) -> Iterator[Fault]:
    if isinstance(shape, MessageShape):
        if isinstance(value, dict):
            yield from _message(shape, value, trail)
    elif isinstance(shape, AnyShape):
        yield from _typed(shape, value, trail)
    elif isinstance(shape, ListShape):
        yield from _items(shape, value, trail)
    elif isinstance(shape, MapShape):
        for key, item in value.items() if isinstance(value, dict) else ():
            yield from _value(shape.value, item, (*trail, key))
    elif isinstance(shape, EnumShape):
        if not isinstance(value, str) or value not in shape.known.values():
            yield _fault(
                "answer-value", trail, f"The service writes the name of a value: {_some(shape.known)}."
            )
    elif (problem := _scalar(shape, value)) is not None:
        yield _fault("answer-value", trail, problem)


def _typed(shape: AnyShape, value: JsonValue, trail: Trail) -> Iterator[Fault]:
    if not isinstance(value, dict):
        return
    if not has_type(value):
        yield untyped(trail)
        return
    record = shape.known.get(str(value["@type"]))
    if record is not None:
        yield from _message(record, {name: item for name, item in value.items() if name != "@type"}, trail)


def has_type(value: JsonValue) -> bool:
    """Return True for an object that names its type by a URL."""
    url = value.get("@type") if isinstance(value, dict) else None
    return isinstance(url, str) and "/" in url


def untyped(trail: Trail) -> Fault:
    """Return the fault of an object without its type."""
    message = "An object of any type names it in `@type`, such as type.googleapis.com/google.protobuf.Empty."
    return _fault("answer-type", trail, message)


def _items(shape: ListShape, value: JsonValue, trail: Trail) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield _fault("answer-value", trail, "The service sends a list, even of one element.")
        return
    for index, item in enumerate(value):
        if item is not None:
            yield from _value(shape.item, item, (*trail, str(index)))


def _scalar(shape: ScalarShape, value: JsonValue) -> str | None:
    """Return what is wrong with a scalar; None if nothing is."""
    check = _CHECKS.get(shape.kind)
    if check is None:
        return None
    matches, words = check
    return None if matches(value) else words


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_long(value: JsonValue) -> bool:
    return _is_number(value) or (isinstance(value, str) and _WHOLE.fullmatch(value) is not None)


def _is_real(value: JsonValue) -> bool:
    return _is_number(value) or value in _SPECIAL


def _is_time(value: JsonValue) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


_NUMBER: Final = "The service sends a JSON number."
_TIME_WORDS: Final = "The service sends a time in UTC, such as 2026-01-01T00:00:00Z."
_CHECKS: Final[Mapping[Kind, tuple[Callable[[JsonValue], bool], str]]] = {
    Kind.BOOLEAN: (lambda value: isinstance(value, bool), "The service sends true or false."),
    Kind.INT32: (_is_number, _NUMBER),
    Kind.UINT32: (_is_number, _NUMBER),
    Kind.INT64: (_is_long, "The service sends a 64-bit integer as text of digits."),
    Kind.UINT64: (_is_long, "The service sends a 64-bit integer as text of digits."),
    Kind.FLOAT: (_is_real, _NUMBER),
    Kind.DOUBLE: (_is_real, _NUMBER),
    Kind.NUMBER: (_is_number, _NUMBER),
    Kind.TIMESTAMP: (_is_time, _TIME_WORDS),
}


def _some(known: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(known.values()))
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _fault(rule: str, trail: Sequence[str], message: str) -> Fault:
    return Fault(rule=rule, message=message, pointer=pointer(trail))

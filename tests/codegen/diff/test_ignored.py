"""Every attribute of the IR is compared by the diff, or ignored for a stated reason."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
from groundwire_codegen import ir
from groundwire_codegen.diff import compare
from groundwire_codegen.diff.ignored import IGNORED
from groundwire_codegen.ir import Rules

from tests.codegen.diff.every_attribute import API, REST, TEXT

CLASSES = {name: cls for name, cls in vars(ir).items() if inspect.isclass(cls) and attrs.has(cls)}
ATTRIBUTES = [f"{name}.{each.name}" for name, cls in CLASSES.items() for each in attrs.fields(cls)]
ABSENT = {"Message.extra": TEXT, "Rules.items": Rules(maximum=1)}
"""Values of attributes that may be absent; of a flag for all others."""


def other(value: Any, attribute: str) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case enum.Enum():
            return next(each for each in type(value) if each is not value)
        case str():
            return f"{value}x"
        case int():
            return value + 7
        case None:
            return ABSENT.get(attribute, True)
        case tuple():
            return value[:-1]
        case _:
            return dict(list(value.items())[:-1])


def others(value: Any, attribute: str) -> Iterator[Any]:
    """Other values of the same type: of a class of the IR, one for each attribute."""
    if not attrs.has(type(value)):
        yield other(value, attribute)
        return
    for field in attrs.fields(type(value)):
        held = getattr(value, field.name)
        if not attrs.has(type(held)):
            inner = f"{type(value).__name__}.{field.name}"
            yield attrs.evolve(value, **{field.name: other(held, inner)})


def altered(value: Any, attribute: str) -> Iterator[Any]:
    """The value with this attribute of one of its parts altered, once for each part that has it."""
    if isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from ((*value[:index], each, *value[index + 1 :]) for each in altered(part, attribute))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from ({**value, key: each} for each in altered(part, attribute))
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            held = getattr(value, field.name)
            if f"{type(value).__name__}.{field.name}" == attribute:
                yield from (attrs.evolve(value, **{field.name: each}) for each in others(held, attribute))
            yield from (attrs.evolve(value, **{field.name: each}) for each in altered(held, attribute))


def is_compared(attribute: str) -> bool:
    """Whether the diff says something when the attribute differs in one place."""
    return any(compare(api, each).changes for api in (API, REST) for each in altered(api, attribute))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_attribute_is_compared_or_ignored_for_a_reason(attribute: str) -> None:
    reason = IGNORED.get(attribute) or IGNORED.get(attribute.partition(".")[0])
    assert is_compared(attribute) == (reason is None), reason


def test_what_is_ignored_is_there() -> None:
    assert IGNORED.keys() <= {*CLASSES, *ATTRIBUTES}
    assert all(IGNORED.values())

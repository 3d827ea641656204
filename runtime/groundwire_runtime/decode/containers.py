"""Lists and maps, and those of the variants of a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import length_hint
from typing import Any, TypeAlias

from ..errors import DecodeError
from ..messages import EMPTY, MAX_DEPTH
from .fault import expected, too_deep

Decoder: TypeAlias = Callable[[Any, int], Any]
Members: TypeAlias = Mapping[str, Decoder]
"""The variants of a family, by the key that each stands under."""


def list_of(item: Decoder) -> Decoder:
    """A decoder for a list, kept as a tuple."""

    def decode(value: Any, depth: int) -> tuple[Any, ...]:
        if value.__class__ is not list:
            raise expected(value, "a list")
        items = iter(value)
        try:
            return tuple([item(each, depth) for each in items])
        except DecodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return decode


def map_of(item: Decoder) -> Decoder:
    """A decoder for a map, kept as the dict that it came in."""

    def decode(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise expected(value, "an object")
        key = ""
        try:
            for key, each in value.items():
                value[key] = item(each, depth)
        except DecodeError as error:
            raise error.under(key) from None
        return value or EMPTY

    return decode


def family_list(members: Members, item: Decoder) -> Decoder:
    """`list_of` for the variants of a family: most are objects of one known key, read on the spot."""

    def decode(value: Any, depth: int) -> tuple[Any, ...]:
        if value.__class__ is not list:
            raise expected(value, "a list")
        if depth >= MAX_DEPTH and value:
            raise too_deep(value[0])
        inner = depth + 1
        out: list[Any] = []
        try:
            for each in value:
                key: Any = None
                try:
                    key, content = each.popitem()
                    read = members[key]
                    if each or content is None:
                        raise KeyError
                except (AttributeError, KeyError):
                    if key is not None:
                        each[key] = content  # pyright: ignore[reportPossiblyUnboundVariable] # set with the key
                    out.append(item(each, depth))
                else:
                    out.append(read(content, inner))
        except DecodeError as error:
            raise error.under(len(out)) from None
        return tuple(out)

    return decode


def family_map(members: Members, item: Decoder) -> Decoder:
    """`map_of` for the variants of a family, as `family_list` reads them."""

    def decode(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise expected(value, "an object")
        if depth >= MAX_DEPTH and value:
            raise too_deep(value)
        inner = depth + 1
        name = ""
        try:
            for name, each in value.items():
                key: Any = None
                try:
                    key, content = each.popitem()
                    read = members[key]
                    if each or content is None:
                        raise KeyError
                except (AttributeError, KeyError):
                    if key is not None:
                        each[key] = content  # pyright: ignore[reportPossiblyUnboundVariable] # set with the key
                    value[name] = item(each, depth)
                else:
                    value[name] = read(content, inner)
        except DecodeError as error:
            raise error.under(name) from None
        return value or EMPTY

    return decode

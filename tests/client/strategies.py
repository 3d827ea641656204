"""Any message of the client, made from the type hints of its class."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import SimpleNamespace
from typing import Any

import attrs
import groundwire as gw
from groundwire import messages
from groundwire.codecs import CODECS
from groundwire_runtime.messages import Message, Unlisted
from groundwire_runtime.schema import Field
from groundwire_runtime.times import MAX_SECONDS, Duration, Timestamp
from hypothesis import strategies as st

OF_EVERY_MESSAGE = ("unknown_fields", "null_fields")
NESTED = 3
"""Messages below the outermost one."""

MESSAGES: tuple[type[Message], ...] = tuple(
    cls
    for exported in vars(messages).values()
    if isinstance(exported, type) and issubclass(exported, Message) and exported is not Message
    for cls in (exported, *exported.__subclasses__())
    if exported.__module__ == messages.__name__ and not exported.__name__.startswith("_")
)
"""Every message class, the variants of the families included."""
MESSAGES = tuple(dict.fromkeys(MESSAGES))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
UNKNOWN = st.dictionaries(TEXT.map(lambda text: f"newer{text}"), JSON, max_size=1)
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
INSTANT = st.builds(
    Timestamp.of, st.datetimes(timezones=st.just(UTC)), nanosecond=st.integers(0, 999)
) | st.datetimes(timezones=st.just(UTC))
SPAN = st.builds(
    Duration,
    seconds=st.integers(-MAX_SECONDS, MAX_SECONDS),
    microseconds=st.integers(0, 999_999),
    nanosecond=st.integers(0, 999),
)


def dimensions(multiple: int) -> st.SearchStrategy[gw.GridDimensions]:
    side = st.none() | st.integers(0, 2**31 // multiple - 1).map(lambda count: count * multiple)
    return st.builds(gw.GridDimensions, width=side, height=side)


def text(pattern: str) -> st.SearchStrategy[Any]:
    return st.none() | st.from_regex(pattern, fullmatch=True)


BOUNDED: Mapping[tuple[type, str], st.SearchStrategy[Any]] = {
    (gw.ExportImageRequest, "description"): text(r"[a-zA-Z0-9.,:;_-]{0,100}"),
    (gw.ExportImageRequest, "request_id"): text(r"[A-Za-z0-9-]{0,60}"),
    (gw.ExportImageRequest, "priority"): st.none() | st.integers(0, 9999),
    (gw.ExportImageRequest, "max_pixels"): st.none() | INT64,
    (gw.TfRecordImageExportOptions, "max_size_bytes"): st.none() | INT64,
    (gw.EarthEngineDestination, "name"): text(r"projects/[^/\ud800-\udfff]+/assets/[a-z0-9/]+"),
    (gw.GeoTiffImageExportOptions, "tile_dimensions"): st.none() | dimensions(512),
    (gw.GeoTiffImageExportOptions, "tile_size"): st.sampled_from([None, 128, 256, 512]),
    (gw.GeoTiffImageExportOptions, "no_data"): st.none() | st.builds(gw.Number.FloatValue, st.floats()),
    (gw.OperationMetadata, "progress"): st.none() | st.floats(0, 1),
    (gw.Number.IntegerValue, "value"): INT64,
    (gw.ValueNode.IntegerValue, "value"): INT64,
}
"""Fields whose values the type alone does not say."""

SCALARS: Mapping[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: INT32,
    float: st.floats(),
    bytes: st.binary(max_size=6),
    datetime: INSTANT,
    timedelta: SPAN,
    type(None): st.none(),
    object: JSON,
}


def unlisted(names: set[str]) -> st.SearchStrategy[Unlisted]:
    """A name that no spelling of a known one is."""
    return TEXT.filter(lambda name: name.upper().replace("-", "_") not in names).map(Unlisted)


@cache
def of_hint(hint: Any, depth: int) -> st.SearchStrategy[Any]:
    """Values of a type hint."""
    if hint in SCALARS:
        return SCALARS[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_union(arguments, depth)
    if origin is Sequence:
        return st.lists(of_hint(arguments[0], depth), max_size=2)
    if origin is Mapping:
        return st.dictionaries(
            TEXT.filter(lambda key: key != "@type"), of_hint(arguments[1], depth), max_size=2
        )
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if issubclass(hint, Message):
        return any_message(hint, depth)
    return of_class(hint, depth)


def _of_union(arguments: tuple[Any, ...], depth: int) -> st.SearchStrategy[Any]:
    enums = [hint for hint in arguments if isinstance(hint, type) and issubclass(hint, StrEnum)]
    if enums:
        absent = [st.none()] if type(None) in arguments else []
        return st.one_of([*absent, st.sampled_from(enums[0]), unlisted(set(enums[0]))])
    kinds = [hint for hint in arguments if depth or not _is_message(hint)]
    return st.one_of([of_hint(hint, depth - 1 if _is_message(hint) else depth) for hint in kinds])


def _is_message(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Message)


@cache
def any_message(cls: Any, depth: int = NESTED) -> st.SearchStrategy[Any]:
    """Messages of a class; of a family, all its variants and the bare one."""
    variants = [variant for variant in cls.__subclasses__() if depth > 0 or not _nests(variant)]
    return st.one_of([of_class(each, depth) for each in (*variants, cls)])


def _nests(variant: type) -> bool:
    return _is_message(hints(variant)["value"])


@cache
def of_class(cls: Any, depth: int) -> st.SearchStrategy[Any]:
    """Instances of exactly this class."""
    values = {}
    for name, hint in hints(cls).items():
        lower = depth - 1 if _is_message(hint) else depth
        values[name] = BOUNDED[cls, name] if (cls, name) in BOUNDED else _field(hint, lower)
    if issubclass(cls, Message):
        values["unknown_fields"] = st.just({}) | UNKNOWN
    build: Callable[..., Any] = cls
    messages = st.fixed_dictionaries(values).map(lambda found: build(**found))
    return messages.flatmap(_with_nulls) if issubclass(cls, Message) else messages


def _with_nulls(message: Message) -> st.SearchStrategy[Any]:
    """The message, or one with some of its absent fields null on purpose."""
    fields = [field for field in attrs.fields(type(message)) if field.name not in OF_EVERY_MESSAGE]
    unset = [field.name for field in fields if getattr(message, field.name) is field.default]
    names = [name for name in unset if not _is_union(type(message), name)]
    if not names:
        return st.just(message)
    return st.just(message) | st.sets(st.sampled_from(names)).map(
        lambda chosen: attrs.evolve(message, null_fields=chosen)
    )


def _is_union(cls: type[Message], name: str) -> bool:
    """Whether an attribute holds one of several members, each of which has a name of its own."""
    owner = cls.__qualname__.partition(".")[0]
    fields = {member.name for member in CODECS.members(owner) if isinstance(member, Field)}
    return name not in fields


def _field(hint: Any, depth: int) -> st.SearchStrategy[Any]:
    holds_messages = any(_is_message(inner) for inner in typing.get_args(hint))
    if typing.get_origin(hint) in (Sequence, Mapping) and holds_messages:
        empty: Any = () if typing.get_origin(hint) is Sequence else {}
        return of_hint(hint, depth - 1) if depth > 0 else st.just(empty)
    return of_hint(hint, depth)


@cache
def hints(cls: Any) -> dict[str, Any]:
    """The type of each field that not every message has."""
    found = {field.name: field.type for field in attrs.fields(cls) if field.name not in OF_EVERY_MESSAGE}
    inner = {name: value for name, value in vars(cls).items() if isinstance(value, type)}
    return typing.get_type_hints(SimpleNamespace(__annotations__=found), vars(messages), inner)

"""Reading JSON values: the leaves and containers that the generated decoders are made of.

Every decoder takes `(value, depth)`: a parsed JSON value and the number of messages around it. It takes what
proto3 JSON takes, and raises `DecodeError` whose path grows while the error unwinds. Generated decoders
consume the dicts they are given (what is left over is unknown), so they are only ever given parsed ones.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import chain
from math import isinf
from operator import length_hint
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from .errors import DecodeError
from .messages import EMPTY, MAX_DEPTH, Message, Unlisted
from .timestamp import Duration, Timestamp

Decoder: TypeAlias = Callable[[Any, int], Any]
Members: TypeAlias = Mapping[str, Decoder]
"""The variants of a family, by the key that each stands under."""
T = TypeVar("T")
MessageT = TypeVar("MessageT", bound=Message)
EnumT = TypeVar("EnumT", bound=StrEnum)

MAX_LEVELS: Final = 512
"""JSON levels that a free-form value may nest."""

MISSING: Final = object()
"""What stands for an absent key where null is a value."""
SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,19})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_SPECIAL: Final = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FLOAT_MAX: Final = 3.4028235677973366e38
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def expected(value: object, what: str) -> DecodeError:
    """The error for a value of the wrong JSON type."""
    return DecodeError("", value, f"expected {what}")


def too_deep(value: object) -> DecodeError:
    """The error for one message too many inside the others."""
    return DecodeError("", value, f"more than {MAX_DEPTH} nested messages")


def conflict(value: object, union: str, first: str, second: str) -> DecodeError:
    """The error for two members of one union."""
    return DecodeError("", value, f"union field {union} has two members set: {first} and {second}")


def _not_json(token: str) -> Any:
    raise ValueError(f"{token} is not JSON")


_read: Final = json.JSONDecoder(parse_constant=_not_json).decode


def parse(data: bytes) -> Any:
    """Parse strict JSON in UTF-8; of a repeated key the last wins.

    Raises DecodeError for another encoding, a byte order mark, `NaN` and `Infinity` tokens, lone surrogates,
    numbers of more than 4,300 digits, and nesting that Python cannot follow.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError("", data[:200], f"not UTF-8 at byte {error.start}") from None
    except AttributeError:
        raise DecodeError("", data, "expected bytes") from None
    try:
        value = _read(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno} (offset {error.pos})"
        raise DecodeError("", text[:200], f"not JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise DecodeError("", text[:200], f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except ValueError as error:
        raise DecodeError("", text[:200], f"not JSON: {error}") from None
    if "\\" in text and _SURROGATE.search(text) is not None:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise DecodeError("", text[:200], "a lone surrogate is not text") from None
    return value


def any_value(value: Any, depth: int) -> Any:  # noqa: ARG001 - every decoder has the same shape
    """Any JSON value, kept as it is; at most 512 levels."""
    if value.__class__ not in SCALARS:
        check_levels(value)
    return value


def check_levels(value: Any) -> None:
    """Refuse a free-form value that nests too deeply; whole levels at a time, since most are alike."""
    level: list[Any] = [value]
    for _ in range(MAX_LEVELS + 1):
        kinds = set(map(type, level))
        if kinds <= SCALARS:
            return
        if kinds == {list}:
            level = list(chain.from_iterable(level))
        else:
            lists = [item for item in level if item.__class__ is list]
            objects = [item.values() for item in level if item.__class__ is dict]
            level = list(chain.from_iterable((*lists, *objects)))
    raise DecodeError("", value, f"nested deeper than {MAX_LEVELS} JSON levels")


def struct(value: Any, depth: int) -> Any:
    """A JSON object of any values, kept as a dict."""
    if value.__class__ is not dict:
        raise expected(value, "an object")
    return any_value(value, depth)


def string(value: Any, depth: int) -> str:  # noqa: ARG001
    """A string."""
    if value.__class__ is str:
        return value
    raise expected(value, "a string")


def boolean(value: Any, depth: int) -> bool:  # noqa: ARG001
    """`true` or `false`."""
    if value is True or value is False:
        return value
    raise expected(value, "true or false")


def _integer(name: str, lowest: int, highest: int) -> Callable[[Any, int], int]:
    def decode(value: Any, depth: int) -> int:  # noqa: ARG001
        if value.__class__ is int:
            number = value
        elif (value.__class__ is str and _INTEGER.fullmatch(value)) or (
            value.__class__ is float and value.is_integer()
        ):
            number = int(value)
        else:
            raise expected(value, f"an {name}")
        if not lowest <= number <= highest:
            raise DecodeError("", value, f"out of the range of {name}")
        return number

    return decode


int32: Final = _integer("int32", -(2**31), 2**31 - 1)
uint32: Final = _integer("uint32", 0, 2**32 - 1)
int64: Final = _integer("int64", -(2**63), 2**63 - 1)
uint64: Final = _integer("uint64", 0, 2**64 - 1)


def double(value: Any, depth: int) -> float:  # noqa: ARG001
    """A number, numeric text, or one of `"NaN"`, `"Infinity"`, `"-Infinity"`; a number too large is refused."""
    if value.__class__ is float:
        number = value
    elif value.__class__ is int:
        try:
            number = float(value)
        except OverflowError:
            raise DecodeError("", value, "out of the range of a double") from None
    elif value.__class__ is str and value in _SPECIAL:
        return _SPECIAL[value]
    elif value.__class__ is str and len(value) < 1_000 and _NUMBER.fullmatch(value):
        number = float(value)
    else:
        raise expected(value, "a number")
    if isinf(number):
        raise DecodeError("", value, "out of the range of a double")
    return number


def float32(value: Any, depth: int) -> float:
    """A double within the range of a 32-bit float."""
    number = double(value, depth)
    if abs(number) > _FLOAT_MAX and not isinf(number):
        raise DecodeError("", value, "out of the range of a float")
    return number


def byte(value: Any, depth: int) -> bytes:  # noqa: ARG001
    """Base64 in either alphabet, padded or not."""
    if value.__class__ is not str:
        raise expected(value, "base64 text")
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        raise expected(value, "base64 text") from None


def timestamp(value: Any, depth: int) -> Timestamp:
    """RFC 3339 text."""
    try:
        return Timestamp.parse(string(value, depth))
    except ValueError as error:
        raise DecodeError("", value, f"expected an RFC 3339 timestamp: {error}") from None


def duration(value: Any, depth: int) -> Duration:
    """Seconds with an `s`."""
    try:
        return Duration.parse(string(value, depth))
    except ValueError as error:
        raise DecodeError("", value, f"expected a duration such as 3.5s: {error}") from None


def enum(names: type[EnumT]) -> Callable[[Any, int], EnumT | Unlisted]:
    """A decoder for an open enum: in any ASCII case, with `-` for `_`; another name becomes `Unlisted`."""
    known = {member.value: member for member in names}
    folded = {_folded(name): member for name, member in reversed(known.items())}

    def decode(value: Any, depth: int) -> EnumT | Unlisted:  # noqa: ARG001
        if value.__class__ is str:
            member = known.get(value) or folded.get(_folded(value))
            return Unlisted(value) if member is None else member
        if value.__class__ is int:
            return Unlisted(value)
        raise expected(value, f"a name of {names.__name__}")

    return decode


def _folded(name: str) -> str:
    return name.upper().replace("-", "_") if name.isascii() else name


def wrapped(item: Decoder) -> Decoder:
    """A decoder for a value that travels bare or as `{"value": x}`."""

    def decode(value: Any, depth: int) -> Any:
        if value.__class__ is dict:
            if value.keys() != {"value"}:
                raise expected(value, 'a bare value or {"value": x}')
            try:
                return item(value["value"], depth)
            except DecodeError as error:
                raise error.under("value") from None
        return item(value, depth)

    return decode


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
    """A decoder for a map, kept as a dict."""

    def decode(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise expected(value, "an object")
        out: dict[str, Any] = {}
        key = ""
        try:
            for key, each in value.items():
                out[key] = item(each, depth)
        except DecodeError as error:
            raise error.under(key) from None
        return out or EMPTY

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
                if each.__class__ is dict and len(each) == 1:
                    [(key, content)] = each.items()
                    read = members.get(key)
                    if read is not None and content is not None:
                        out.append(read(content, inner))
                        continue
                out.append(item(each, depth))
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
        out: dict[str, Any] = {}
        name = ""
        try:
            for name, each in value.items():
                if each.__class__ is dict and len(each) == 1:
                    [(key, content)] = each.items()
                    read = members.get(key)
                    if read is not None and content is not None:
                        out[name] = read(content, inner)
                        continue
                out[name] = item(each, depth)
        except DecodeError as error:
            raise error.under(name) from None
        return out or EMPTY

    return decode


def packed(types: Mapping[str, Decoder], sent: frozenset[str]) -> Decoder:
    """A decoder for a mapping that names its type in `@type`: a known one becomes its message.

    `sent` holds the URLs that encoding writes anyway; another URL of a known type is kept as an unknown field.
    """

    def decode(value: Any, depth: int) -> Any:
        if value.__class__ is not dict:
            raise expected(value, "an object")
        url = value.get("@type")
        known = types.get(url) if url.__class__ is str else None
        if known is None:
            return any_value(value, depth)
        if url in sent:
            del value["@type"]
        return known(value, depth)

    return decode


def renamed(data: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The object with fields in their JSON names, where proto3 JSON also takes the original ones."""
    return {
        key if (wire := names.get(key, key)) == key or wire in data else wire: value
        for key, value in data.items()
    }


def family(
    data: dict[str, Any],
    depth: int,
    bare: type[MessageT],
    members: Mapping[str, Callable[[Any, int], MessageT]],
    names: Mapping[str, str],
    plain: Mapping[str, tuple[str, Decoder]],
    null: str | None,
) -> MessageT:
    """A message that is a variant of a family, whatever else it holds.

    Null leaves a member unset, but for the member `null`, of which it is a value. Without a known member it is the
    bare class.
    """
    data = renamed(data, names)
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
            raise DecodeError("", each.name, f"{each.name} is set more than once")
        found[each.name] = value
    return attrs.evolve(first, **found)


def builder(cls: type[T]) -> Callable[..., T]:
    """A constructor that takes every field by position, in attrs order, as decoded: no converter runs."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)  # type: ignore[arg-type] # every message is one
    setters = [getattr(cls, field.name).__set__ for field in fields]
    new = object.__new__
    if len(setters) == 2:
        put_first, put_second = setters

        def build_two(first: Any, second: Any) -> T:
            self = new(cls)
            put_first(self, first)
            put_second(self, second)
            return self

        return build_two
    if len(setters) == 3:
        put_1, put_2, put_3 = setters

        def build_three(first: Any, second: Any, third: Any) -> T:
            self = new(cls)
            put_1(self, first)
            put_2(self, second)
            put_3(self, third)
            return self

        return build_three

    def build(*values: Any) -> T:
        self = new(cls)
        for put, value in zip(setters, values, strict=True):
            put(self, value)
        return self

    return build


def one_value(cls: type[T]) -> Callable[[Any], T]:
    """A constructor for a one-value class of a union."""
    new = object.__new__
    put: Callable[[Any, Any], None] = cls.value.__set__  # type: ignore[attr-defined] # the slot of `value`

    def build(value: Any) -> T:
        self = new(cls)
        put(self, value)
        return self

    return build


def variant(cls: type[MessageT], key: str, read: Decoder) -> Callable[[Any, int], MessageT]:
    """A decoder for what stands under `key` in an object that is a variant of a family: it gives the variant."""
    if len(attrs.fields(cls)) > 2:

        def decode_with_fields(value: Any, depth: int) -> MessageT:
            try:
                return cls(value=read(value, depth))  # type: ignore[call-arg] # every variant has one
            except DecodeError as error:
                raise error.under(key) from None

        return decode_with_fields
    new = object.__new__
    put: Callable[[Any, Any], None] = cls.value.__set__  # type: ignore[attr-defined] # the slot of `value`
    put_unknown: Callable[[Any, Any], None] = Message.unknown_fields.__set__  # type: ignore[attr-defined] # a slot
    if read is string:

        def decode_string(value: Any, depth: int) -> MessageT:  # noqa: ARG001
            if value.__class__ is not str:
                raise expected(value, "a string").under(key)
            self = new(cls)
            put(self, value)
            put_unknown(self, EMPTY)
            return self

        return decode_string

    if read is any_value:

        def decode_any(value: Any, depth: int) -> MessageT:  # noqa: ARG001
            if value.__class__ not in SCALARS:
                try:
                    check_levels(value)
                except DecodeError as error:
                    raise error.under(key) from None
            self = new(cls)
            put(self, value)
            put_unknown(self, EMPTY)
            return self

        return decode_any

    def decode(value: Any, depth: int) -> MessageT:
        self = new(cls)
        try:
            put(self, read(value, depth))
        except DecodeError as error:
            raise error.under(key) from None
        put_unknown(self, EMPTY)
        return self

    return decode

"""What an error of a value says: where it stands, the value itself, and the rule that it breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from groundwire_runtime.codec import Codecs, open_enum
from groundwire_runtime.containers import list_of, map_of, packed, wrapped
from groundwire_runtime.errors import DecodeError, EncodeError, ValueFault
from groundwire_runtime.jsontext import parse, read_any, read_object, too_deep, write_any, write_object
from groundwire_runtime.messages import MAX_DEPTH, Message
from groundwire_runtime.scalars import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    DURATION,
    FIELD_MASK,
    FLOAT,
    INT32,
    INT64,
    STRING,
    TIMESTAMP,
)
from groundwire_runtime.schema import Field

NAIVE = datetime(2024, 1, 2)  # noqa: DTZ001 - a time without a zone is the point
FIRST = datetime.min.replace(tzinfo=UTC)
RANGE = 3.4028235677973366e38
LEVELS = "nested deeper than 512 JSON levels"


class Cover(StrEnum):
    HARD = "HARD"
    SOFT = "SOFT"


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


READ: list[tuple[Callable[[Any, int], Any], Any, str, str]] = [
    (STRING.read, 5, "", "expected a string"),
    (BOOLEAN.read, 1, "", "expected true or false"),
    (INT32.read, "x", "", "expected an int32"),
    (INT32.read, 2**31, "", "out of the range of int32"),
    (INT64.read, "1e20", "", "expected an int64"),
    (DOUBLE.read, None, "", "expected a number"),
    (DOUBLE.read, 10**400, "", "out of the range of a double"),
    (DOUBLE.read, "1e999", "", "out of the range of a double"),
    (DOUBLE.read, "0." + "0" * 999, "", "expected a number"),
    (FLOAT.read, 1e39, "", "out of the range of a float"),
    (BYTES.read, 5, "", "expected base64 text"),
    (BYTES.read, "a", "", "expected base64 text"),
    (BYTES.read, "=YQ", "", "expected base64 text"),
    (BYTES.read, "YQ===", "", "expected base64 text"),
    (TIMESTAMP.read, "x", "", "expected an RFC 3339 timestamp: not an RFC 3339 timestamp"),
    (DURATION.read, "x", "", "expected a duration such as 3.5s: not a duration such as 3.5s"),
    (FIELD_MASK.read, "a_b", "", "field mask path 'a_b' is not lowerCamelCase names joined by dots"),
    (open_enum(Cover).read, 1.5, "", "expected a name of Cover"),
    (wrapped(STRING).read, {"a": 1}, "", 'expected a bare value or {"value": x}'),
    (list_of(STRING).read, {}, "", "expected a list"),
    (map_of(STRING).read, [], "", "expected an object"),
    (read_object, [], "", "expected an object"),
    (packed({}, {}).read, [], "", "expected an object"),
    (read_any, deep(513), "", LEVELS),
]


@pytest.mark.parametrize(("read", "value", "path", "rule"), READ)
def test_what_cannot_be_read(read: Callable[[Any, int], Any], value: Any, path: str, rule: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(value, 0)
    assert says(caught.value) == (path, value, rule)


@pytest.mark.parametrize(
    ("read", "value", "part", "path", "rule"),
    [
        (packed({}, {}).read, {"@type": 5}, 5, "/@type", "expected the URL of a type"),
        (packed({}, {}).read, {"@type": "a/"}, "a/", "/@type", "expected the URL of a type"),
        (packed({}, {}).read, {"@type": "/a"}, "/a", "/@type", "expected the URL of a type"),
        (list_of(STRING).read, ["a", 5], 5, "/1", "expected a string"),
        (map_of(STRING).read, {"a/b": 5}, 5, "/a~1b", "expected a string"),
        (wrapped(STRING).read, {"value": 5}, 5, "/value", "expected a string"),
    ],
)
def test_a_part_that_cannot_be_read(
    read: Callable[[Any, int], Any], value: Any, part: Any, path: str, rule: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        read(value, 0)
    assert says(caught.value) == (path, part, rule)


@pytest.mark.parametrize("value", ["1" * 300, "0." + "0" * 997 + "1", "-0.5"])
def test_a_number_may_be_long_text(value: str) -> None:
    assert DOUBLE.read(value, 0) == float(value)


def test_the_range_of_a_float_is_what_rounds_to_one() -> None:
    assert FLOAT.read(RANGE, 0) == RANGE
    assert FLOAT.write(RANGE, 0) == repr(RANGE)
    with pytest.raises(DecodeError):
        FLOAT.read(math.nextafter(RANGE, math.inf), 0)
    with pytest.raises(EncodeError):
        FLOAT.write(math.nextafter(RANGE, math.inf), 0)


@pytest.mark.parametrize(
    ("data", "value", "rule"),
    [
        (b"\xff" + b"a" * 300, b"\xff" + b"a" * 199, "not UTF-8 at byte 0"),
        ("{}", "{}", "expected bytes"),
        (b"{]", "{]", "not JSON at line 1 column 2 (offset 1): "),
        (b"[NaN]", "[NaN]", "not JSON: NaN is not JSON"),
        (b"9" * 5_000, "9" * 200, "a number of more digits than Python reads"),
        (b"[" * 200_000, "[" * 200, LEVELS),
        (rb'{"a": "\ud800"}', r'{"a": "\ud800"}', "a lone surrogate is not text (offset 7)"),
        (rb'["\\ud800 \ud83d\ude00 \uDfff"]', r'["\\ud800 \ud83d\ude00 \uDfff"]', "not text (offset 23)"),
    ],
)
def test_a_body_that_is_no_json(data: Any, value: Any, rule: str) -> None:
    with pytest.raises(DecodeError) as caught:
        parse(data)
    path, shown, said = says(caught.value)
    assert (path, shown) == ("", value)
    assert rule in said


WRITTEN: list[tuple[Callable[[Any, int], str], Any, str]] = [
    (STRING.write, 5, "expected a str"),
    (BOOLEAN.write, 1, "expected a bool"),
    (INT32.write, True, "expected an int, not a bool"),
    (INT32.write, "1", "expected an int"),
    (INT32.write, 2**31, "out of the range of int32"),
    (DOUBLE.write, "1", "expected a float"),
    (DOUBLE.write, True, "expected a float"),
    (DOUBLE.write, 10**400, "out of the range of a double"),
    (DOUBLE.write, Fraction(10**400), "out of the range of a double"),
    (DOUBLE.write, Decimal("1e999"), "out of the range of a double"),
    (DOUBLE.write, Decimal("sNaN"), "expected a float"),
    (FLOAT.write, 1e39, "out of the range of a float"),
    (BYTES.write, "a", "expected bytes"),
    (TIMESTAMP.write, "2024-01-02", "expected a Timestamp or an aware datetime"),
    (TIMESTAMP.write, NAIVE, "a timestamp needs a time zone"),
    (DURATION.write, 5, "expected a Duration or a timedelta"),
    (DURATION.write, timedelta.max, "a duration is at most 315576000000 s either way"),
    (FIELD_MASK.write, "a_b", "field mask path 'a_b' is not lowerCamelCase names joined by dots"),
    (open_enum(Cover).write, "HARDD", "expected a name of Cover, such as HARD"),
    (list_of(STRING).write, "ab", "expected a sequence"),
    (map_of(STRING).write, [], "expected a mapping"),
    (write_object, [], "expected a mapping"),
    (write_any, math.nan, "NaN and infinities are not JSON values"),
    (write_any, Message, "expected a JSON value"),
]


@pytest.mark.parametrize(("write", "value", "rule"), WRITTEN)
def test_what_cannot_be_written(write: Callable[[Any, int], str], value: Any, rule: str) -> None:
    with pytest.raises(EncodeError) as caught:
        write(value, 0)
    path, shown, said = says(caught.value)
    assert (path, said) == ("", rule)
    assert shown is value


SET = {1}


@pytest.mark.parametrize(
    ("write", "value", "part", "path", "rule"),
    [
        (write_any, [1, {"a": SET}], SET, "/1/a", "expected a JSON value"),
        (write_any, [1, {"a": math.inf}], math.inf, "/1/a", "NaN and infinities are not JSON values"),
        (write_any, {"b": {"a/c": SET}}, SET, "/b/a~1c", "expected a JSON value"),
        (write_any, [[], {}, (SET,)], SET, "/2/0", "expected a JSON value"),
        (write_any, [{5: 1}], 5, "", "expected a string as key"),
        (write_any, deep(513), "...", "", LEVELS),
        (write_any, deep(100_000), "...", "", LEVELS),
        (map_of(STRING).write, {5: "a"}, 5, "", "expected a string as key"),
        (list_of(STRING).write, ["a", 5], 5, "/1", "expected a str"),
    ],
)
def test_a_part_that_cannot_be_written(
    write: Callable[[Any, int], str], value: Any, part: Any, path: str, rule: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        write(value, 0)
    assert says(caught.value) == (path, part, rule)


def says(error: ValueFault) -> tuple[str, object, str]:
    return error.path, error.value, error.rule


def nested(depth: int) -> dict[str, Any]:
    """A value whose type is named, with so many of its kind inside."""
    value: dict[str, Any] = {"@type": "a/google.protobuf.Int32Value", "value": 1}
    for _ in range(depth):
        value = {"@type": "a/google.protobuf.Any", "value": value}
    return value


@pytest.mark.parametrize("inside", [0, 1, 3])
def test_a_value_that_names_its_type_counts_as_a_message(inside: int) -> None:
    read = packed({}, {}).read
    assert read(nested(inside), MAX_DEPTH - 1 - inside) == nested(inside)
    with pytest.raises(DecodeError) as caught:
        read(nested(inside), MAX_DEPTH - inside)
    assert caught.value.rule == "more than 100 nested messages"
    assert (caught.value.path, caught.value.value) == ("/value" * inside, nested(0))


def test_the_name_of_a_type_stands_behind_the_last_slash() -> None:
    with pytest.raises(DecodeError, match="/value: expected an int32"):
        packed({}, {}).read({"@type": "a/b/google.protobuf.Int32Value", "value": "x"}, 0)


@pytest.mark.parametrize(
    ("error", "path", "value", "rule"),
    [
        (too_deep(DecodeError, {"a": 1}), "", {"a": 1}, "more than 100 nested messages"),
        (too_deep(EncodeError, "Message"), "", "Message", "more than 100 nested messages"),
    ],
)
def test_an_error_of_a_whole_message(error: ValueFault, path: str, value: Any, rule: str) -> None:
    assert says(error) == (path, value, rule)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Named(Message):
    name: str | None = None


NAMESPACE = SimpleNamespace(Named=Named)


@pytest.mark.parametrize(
    ("unknown", "path", "value", "rule"),
    [
        (5, "/unknown_fields", 5, "expected a mapping"),
        ({"x": 1, "name": 2}, "/name", 2, "a known field cannot be among the unknown ones"),
    ],
)
def test_unknown_fields_that_cannot_be_written(unknown: Any, path: str, value: Any, rule: str) -> None:
    codecs = Codecs(NAMESPACE, {"Named": lambda: (Field("name", STRING),)})
    with pytest.raises(EncodeError) as caught:
        codecs.encode(Named(unknown_fields=unknown))
    assert says(caught.value) == (path, value, rule)


KEYS = {(1,): 2}


@pytest.mark.parametrize(("value", "path"), [(KEYS, ""), ([1, KEYS], "/1"), ({"a": [[KEYS]]}, "/a/0/0")])
def test_a_key_that_json_cannot_have(value: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        write_any(value, 0)
    where, part, rule = says(caught.value)
    assert (where, part) == (path, KEYS)
    assert rule.startswith("not a JSON value: keys must be str")


def test_text_of_any_kind_is_quoted() -> None:
    assert write_any('a"b', 0) == r'"a\"b"'
    assert write_any({"a": ['"', 1]}, 0) == r'{"a":["\"",1]}'


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Pair(Message):
    a_b: int | None = None


PAIR = Codecs(SimpleNamespace(Pair=Pair), {"Pair": lambda: (Field("a_b", INT32),)})


@pytest.mark.parametrize(
    ("data", "value", "unknown"),
    [
        ({"a_b": 1}, 1, {}),
        ({"a_b": None}, None, {}),
        ({"a_b": 1, "aB": None}, 1, {}),
        ({"aB": None, "a_b": 1}, 1, {}),
        ({"aB": 1, "a_b": None}, 1, {}),
        ({"aB": None, "a_b": None, "x_y": 2}, None, {"x_y": 2}),
        ({"aB": 1}, 1, {}),
        ({"x_y": 1}, None, {"x_y": 1}),
    ],
)
def test_a_field_may_come_under_its_original_name(
    data: dict[str, Any], value: int | None, unknown: Mapping[str, Any]
) -> None:
    read = PAIR.structure(data, Pair)
    assert (read.a_b, read.unknown_fields) == (value, unknown)


@pytest.mark.parametrize(
    ("data", "path", "value", "rule"),
    [
        ({"aB": 1, "a_b": 2}, "/aB", 2, "aB is set more than once"),
        ({"a_b": 2, "aB": 1}, "/aB", 2, "aB is set more than once"),
        ({"a_b": 2, "a__b": 1}, "/aB", 1, "aB is set more than once"),
        ({"a_b": "x"}, "/aB", "x", "expected an int32"),
    ],
)
def test_a_field_under_two_names_is_refused(
    data: dict[str, Any], path: str, value: object, rule: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        PAIR.structure(data, Pair)
    assert says(caught.value) == (path, value, rule)

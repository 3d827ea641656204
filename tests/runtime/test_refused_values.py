"""What an error of a value says: where it stands, the value itself, and the rule that it breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from groundwire_runtime import decode, encode
from groundwire_runtime.errors import DecodeError, EncodeError, ValueFault
from groundwire_runtime.messages import MAX_DEPTH, Message

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
    (decode.string, 5, "", "expected a string"),
    (decode.boolean, 1, "", "expected true or false"),
    (decode.int32, "x", "", "expected an int32"),
    (decode.int32, 2**31, "", "out of the range of int32"),
    (decode.int64, "1e20", "", "expected an int64"),
    (decode.double, None, "", "expected a number"),
    (decode.double, 10**400, "", "out of the range of a double"),
    (decode.double, "1e999", "", "out of the range of a double"),
    (decode.double, "0." + "0" * 999, "", "expected a number"),
    (decode.float32, 1e39, "", "out of the range of a float"),
    (decode.byte, 5, "", "expected base64 text"),
    (decode.byte, "a", "", "expected base64 text"),
    (decode.byte, "=YQ", "", "expected base64 text"),
    (decode.byte, "YQ===", "", "expected base64 text"),
    (decode.timestamp, "x", "", "expected an RFC 3339 timestamp: not an RFC 3339 timestamp"),
    (decode.duration, "x", "", "expected a duration such as 3.5s: not a duration such as 3.5s"),
    (decode.field_mask, "a_b", "", "field mask path 'a_b' is not lowerCamelCase names joined by dots"),
    (decode.enum(Cover), 1.5, "", "expected a name of Cover"),
    (decode.wrapped(decode.string), {"a": 1}, "", 'expected a bare value or {"value": x}'),
    (decode.list_of(decode.string), {}, "", "expected a list"),
    (decode.map_of(decode.string), [], "", "expected an object"),
    (decode.family_list({}, decode.string), {}, "", "expected a list"),
    (decode.family_map({}, decode.string), [], "", "expected an object"),
    (decode.struct, [], "", "expected an object"),
    (decode.packed({}, frozenset()), [], "", "expected an object"),
    (decode.any_value, deep(513), "", LEVELS),
]


@pytest.mark.parametrize(("read", "value", "path", "rule"), READ)
def test_what_cannot_be_read(read: Callable[[Any, int], Any], value: Any, path: str, rule: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(value, 0)
    assert says(caught.value) == (path, value, rule)


@pytest.mark.parametrize(
    ("read", "value", "part", "path", "rule"),
    [
        (decode.packed({}, frozenset()), {"@type": 5}, 5, "/@type", "expected the URL of a type"),
        (decode.packed({}, frozenset()), {"@type": "a/"}, "a/", "/@type", "expected the URL of a type"),
        (decode.packed({}, frozenset()), {"@type": "/a"}, "/a", "/@type", "expected the URL of a type"),
        (decode.list_of(decode.string), ["a", 5], 5, "/1", "expected a string"),
        (decode.map_of(decode.string), {"a/b": 5}, 5, "/a~1b", "expected a string"),
        (decode.wrapped(decode.string), {"value": 5}, 5, "/value", "expected a string"),
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
    assert decode.double(value, 0) == float(value)


def test_the_range_of_a_float_is_what_rounds_to_one() -> None:
    assert decode.float32(RANGE, 0) == RANGE
    assert encode.float32(RANGE, 0) == repr(RANGE)
    with pytest.raises(DecodeError):
        decode.float32(math.nextafter(RANGE, math.inf), 0)
    with pytest.raises(EncodeError):
        encode.float32(math.nextafter(RANGE, math.inf), 0)


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
        decode.parse(data)
    path, shown, said = says(caught.value)
    assert (path, shown) == ("", value)
    assert rule in said


WRITTEN: list[tuple[Callable[[Any, int], str], Any, str]] = [
    (encode.string, 5, "expected a str"),
    (encode.boolean, 1, "expected a bool"),
    (encode.int32, True, "expected an int, not a bool"),
    (encode.int32, "1", "expected an int"),
    (encode.int32, 2**31, "out of the range of int32"),
    (encode.double, "1", "expected a float"),
    (encode.double, True, "expected a float"),
    (encode.double, 10**400, "out of the range of a double"),
    (encode.double, Fraction(10**400), "out of the range of a double"),
    (encode.double, Decimal("1e999"), "out of the range of a double"),
    (encode.double, Decimal("sNaN"), "expected a float"),
    (encode.float32, 1e39, "out of the range of a float"),
    (encode.byte, "a", "expected bytes"),
    (encode.timestamp, "2024-01-02", "expected a Timestamp or an aware datetime"),
    (encode.timestamp, NAIVE, "a timestamp needs a time zone"),
    (encode.duration, 5, "expected a Duration or a timedelta"),
    (encode.duration, timedelta.max, "a duration is at most 315576000000 s either way"),
    (encode.field_mask, "a_b", "field mask path 'a_b' is not lowerCamelCase names joined by dots"),
    (encode.enum(Cover), "HARDD", "expected a name of Cover, such as HARD"),
    (encode.list_of(encode.string), "ab", "expected a sequence"),
    (encode.map_of(encode.string), [], "expected a mapping"),
    (encode.struct, [], "expected a mapping"),
    (encode.any_value, math.nan, "NaN and infinities are not JSON values"),
    (encode.any_value, Message, "expected a JSON value"),
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
        (encode.any_value, [1, {"a": SET}], SET, "/1/a", "expected a JSON value"),
        (encode.any_value, [1, {"a": math.inf}], math.inf, "/1/a", "NaN and infinities are not JSON values"),
        (encode.any_value, {"b": {"a/c": SET}}, SET, "/b/a~1c", "expected a JSON value"),
        (encode.any_value, [[], {}, (SET,)], SET, "/2/0", "expected a JSON value"),
        (encode.any_value, [{5: 1}], 5, "", "expected a string as key"),
        (encode.any_value, deep(513), "...", "", LEVELS),
        (encode.any_value, deep(100_000), "...", "", LEVELS),
        (encode.map_of(encode.string), {5: "a"}, 5, "", "expected a string as key"),
        (encode.list_of(encode.string), ["a", 5], 5, "/1", "expected a str"),
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
    read = decode.packed({}, frozenset())
    assert read(nested(inside), MAX_DEPTH - 1 - inside) == nested(inside)
    with pytest.raises(DecodeError) as caught:
        read(nested(inside), MAX_DEPTH - inside)
    assert caught.value.rule == "more than 100 nested messages"
    assert (caught.value.path, caught.value.value) == ("/value" * inside, nested(0))


def test_the_name_of_a_type_stands_behind_the_last_slash() -> None:
    with pytest.raises(DecodeError, match="/value: expected an int32"):
        decode.packed({}, frozenset())({"@type": "a/b/google.protobuf.Int32Value", "value": "x"}, 0)


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ({"a_b": 1}, {"aB": 1}),
        ({"a_b": None}, {"aB": None}),
        ({"a_b": 1, "aB": None}, {"aB": 1}),
        ({"aB": None, "a_b": 1}, {"aB": 1}),
        ({"aB": 1, "a_b": None}, {"aB": 1}),
        ({"aB": None, "a_b": None, "x_y": 2}, {"aB": None, "x_y": 2}),
        ({"aB": 1}, None),
        ({"x_y": 1}, None),
    ],
)
def test_a_field_may_come_under_its_original_name(
    data: dict[str, Any], read: Mapping[str, Any] | None
) -> None:
    assert decode.renamed(data, frozenset({"aB"})) == read


@pytest.mark.parametrize(
    ("error", "path", "value", "rule"),
    [
        (decode.too_deep({"a": 1}), "", {"a": 1}, "more than 100 nested messages"),
        (encode.too_deep(Message()), "", "Message", "more than 100 nested messages"),
        (decode.conflict(1, "U", "a", "b"), "", 1, "union field U has two members set: a and b"),
        (encode.not_a_member(5, int, Cover), "", 5, "expected Cover or int"),
    ],
)
def test_an_error_of_a_whole_message(error: ValueFault, path: str, value: Any, rule: str) -> None:
    assert says(error) == (path, value, rule)


@pytest.mark.parametrize(
    ("unknown", "path", "value", "rule"),
    [
        (5, "/unknown_fields", 5, "expected a mapping"),
        ({"x": 1, "name": 2}, "/name", 2, "a known field cannot be among the unknown ones"),
    ],
)
def test_unknown_fields_that_cannot_be_written(unknown: Any, path: str, value: Any, rule: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode.unknown(Message(unknown_fields=unknown), frozenset({"name"}), False, len)
    assert says(caught.value) == (path, value, rule)


KEYS = {(1,): 2}


@pytest.mark.parametrize(("value", "path"), [(KEYS, ""), ([1, KEYS], "/1"), ({"a": [[KEYS]]}, "/a/0/0")])
def test_a_key_that_json_cannot_have(value: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode.any_value(value, 0)
    where, part, rule = says(caught.value)
    assert (where, part) == (path, KEYS)
    assert rule.startswith("not a JSON value: keys must be str")


def test_text_of_any_kind_is_quoted() -> None:
    assert encode.any_value('a"b', 0) == r'"a\"b"'
    assert encode.any_value({"a": ['"', 1]}, 0) == r'{"a":["\"",1]}'


def test_a_field_under_two_names_is_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        decode.renamed({"aB": 1, "a_b": 2}, frozenset({"aB"}))
    assert says(caught.value) == ("/aB", 2, "aB is set more than once")

"""The bounds of a field, each at its edge."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import frozen
from groundwire_runtime.bounds import Bounds, bounded, check_multiple, only
from groundwire_runtime.errors import EncodeError
from groundwire_runtime.jsontext import Codec
from groundwire_runtime.messages import Unrecognized
from groundwire_runtime.parameters import CAP
from groundwire_runtime.scalars import INT32, STRING


def written(value: Any, depth: int) -> str:
    return f"<{value}>"


TEXT = Codec(STRING.read, written)


AT_LEAST = Bounds(minimum=1)
AT_MOST = Bounds(maximum=9)
MORE_THAN = Bounds(exclusive_minimum=0)
BETWEEN = Bounds(minimum=1, maximum=9)
ITEMS = Bounds(max_items=2)
LONG = Bounds(min_length=2)
SHORT = Bounds(max_length=3)
LIKE = Bounds(pattern="^a+$")
EVERYTHING_LIKE = Bounds(pattern="^a+$", min_length=2, max_length=3)


@pytest.mark.parametrize(
    ("bounds", "value", "place"),
    [
        (Bounds(items=AT_MOST), [1, 9], None),
        (Bounds(items=AT_MOST), (1, 10), "/1"),
        (Bounds(items=AT_MOST), {"a": 1, "b/c": 10}, "/b~1c"),
        (Bounds(items=AT_MOST), "10", None),
        (Bounds(items=AT_MOST), b"\xff", None),
        (Bounds(items=AT_MOST), [None, "x", [10]], None),
        (Bounds(items=Bounds(items=LIKE)), [["a"], ["a", "b"]], "/1/1"),
        (Bounds(items=ITEMS, max_items=1), [[1, 2], [1, 2]], ""),
        (Bounds(items=ITEMS, max_items=1), [[1, 2, 3]], "/0"),
        (AT_MOST, None, None),
        (AT_MOST, {"of": "another member"}, None),
    ],
)
def test_bounds_of_what_a_value_holds(bounds: Bounds, value: Any, place: str | None) -> None:
    try:
        bounds.check(value)
    except EncodeError as error:
        assert error.path == place
    else:
        assert place is None


@pytest.mark.parametrize(
    ("bounds", "value", "rule"),
    [
        (AT_LEAST, 1, None),
        (AT_LEAST, math.inf, None),
        (AT_LEAST, 0.999, "must be at least 1"),
        (AT_LEAST, math.nan, "must be at least 1"),
        (AT_MOST, 9, None),
        (AT_MOST, -math.inf, None),
        (AT_MOST, 9.001, "must be at most 9"),
        (AT_MOST, math.nan, "must be at most 9"),
        (BETWEEN, 0, "must be at least 1"),
        (BETWEEN, 5, None),
        (BETWEEN, 10, "must be at most 9"),
        (MORE_THAN, 0.001, None),
        (MORE_THAN, 0, "must be more than 0"),
        (MORE_THAN, math.nan, "must be more than 0"),
        (Bounds(exclusive_minimum=0, minimum=-5), -1, "must be more than 0"),
        (Bounds(), math.nan, None),
        (Bounds(multiple_of=0.01), 1e30, None),
        (Bounds(multiple_of=7), 10**40, "must be a multiple of 7"),
        (Bounds(multiple_of=3), Decimal("1E+99999"), "must be a multiple of 3"),
        (BETWEEN, Unrecognized({"a": 1}), None),
        (BETWEEN, True, None),
        (BETWEEN, Decimal("NaN"), "must be at least 1"),
        (BETWEEN, Decimal("9.5"), "must be at most 9"),
        (Bounds(multiple_of=0.25), Fraction(1, 2), None),
        (Bounds(multiple_of=0.25), Fraction(1, 3), "must be a multiple of 0.25"),
        (ITEMS, [], None),
        (ITEMS, [1, 2], None),
        (ITEMS, (1, 2, 3), "must have at most 2 items"),
        (ITEMS, {"a": 1, "b": 2, "c": 3}, "must have at most 2 items"),
        (LONG, "ab", None),
        (LONG, "a", "must have at least 2 characters"),
        (SHORT, "", None),
        (SHORT, "abc", None),
        (SHORT, "abcd", "must have at most 3 characters, has 4"),
        (Bounds(max_length=CAP + 1), "a" * (CAP + 1), None),
        (LIKE, "a" * CAP, None),
        (LIKE, "a" * (CAP + 1), "must match ^a+$"),
        (LIKE, "ab", "must match ^a+$"),
        (LIKE, "a\n", "must match ^a+$"),
        (EVERYTHING_LIKE, "aa", None),
        (EVERYTHING_LIKE, "a", "must have at least 2 characters"),
        (EVERYTHING_LIKE, "aaaa", "must have at most 3 characters, has 4"),
        (EVERYTHING_LIKE, "aab", "must match ^a+$"),
    ],
)
def test_a_value_is_written_when_it_keeps_its_bounds(bounds: Bounds, value: Any, rule: str | None) -> None:
    assert bounds.broken(value) == rule
    if rule is None:
        assert bounded(TEXT, bounds).write(value, 0) == f"<{value}>"
        return
    with pytest.raises(EncodeError) as caught:
        bounded(TEXT, bounds).write(value, 0)
    assert (caught.value.path, caught.value.value, caught.value.rule) == ("", value, rule)


@pytest.mark.parametrize("bounds", [BETWEEN, EVERYTHING_LIKE])
def test_a_value_of_another_type_is_told_of_before_its_bounds(bounds: Bounds) -> None:
    item = INT32 if bounds is BETWEEN else STRING
    for value in (None, [], object()):
        with pytest.raises(EncodeError, match="expected"):
            bounded(item, bounds).write(value, 0)


@pytest.mark.parametrize("bounds", [BETWEEN, EVERYTHING_LIKE, ITEMS])
def test_what_is_inside_knows_how_deep_it_is(bounds: Bounds) -> None:
    depths: list[int] = []
    value: Any = {BETWEEN: 5, EVERYTHING_LIKE: "aa", ITEMS: [1]}[bounds]

    def write(_: Any, depth: int) -> str:
        depths.append(depth)
        return ""

    text = Codec(STRING.read, write)
    bounded(text, bounds).write(value, 7)
    only(text, (type(value),)).write(value, 7)
    assert depths == [7, 7]


def test_some_variants_of_a_union_are_refused_by_name() -> None:
    write = only(TEXT, (int, str)).write
    assert write(5, 0) == "<5>"
    with pytest.raises(EncodeError) as caught:
        write(1.5, 0)
    found = (caught.value.path, caught.value.value, caught.value.rule)
    assert found == ("", 1.5, "must be int or str here")


@frozen
class Tile:
    width: Any = None
    height: Any = None


NAMES = {"absent": "absent", "width": "w", "height": "h"}


@pytest.mark.parametrize(
    ("tile", "divisor"),
    [
        (Tile(), 256),
        (Tile(512, 256), 256),
        (Tile(100, 100), None),
        (Tile(100, 100), 0),
        (Tile("100", None), 256),
    ],
)
def test_a_multiple_of_a_sibling_is_fine(tile: Tile, divisor: int | None) -> None:
    check_multiple(tile, NAMES, divisor, "tileSize")


@pytest.mark.parametrize(
    ("tile", "path", "number"),
    [(Tile(100, 256), "/w", 100), (Tile(None, 257), "/h", 257), (Tile("100", 100), "/h", 100)],
)
def test_no_multiple_of_a_sibling_is_refused(tile: Tile, path: str, number: int) -> None:
    with pytest.raises(EncodeError) as caught:
        check_multiple(tile, NAMES, 256, "tileSize")
    found = (caught.value.path, caught.value.value, caught.value.rule)
    assert found == (path, number, "must be a multiple of tileSize (256)")

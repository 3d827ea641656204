"""Results that Earth Engine's reference states for its functions, beside those that are computed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.values.problem import ExpressionError

from .declared import value

Case = tuple[Callable[[Any], Any], object]
CASTS = {
    "byte": (0, 255), "int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "short": (-32768, 32767),
    "uint16": (0, 65535), "int": (-(2**31), 2**31 - 1), "int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1),
}  # fmt: skip
NUMBERS: dict[str, Case] = {
    "abs": (lambda ee: ee.Number(2.3).abs(), 2.3),
    "abs of a negative": (lambda ee: ee.Number(-1).abs(), 1),
    "add": (lambda ee: ee.Number(5).add(10.2), 15.2),
    "and": (lambda ee: ee.Number(5).And(0), 0),
    "ceil": (lambda ee: ee.Number(2.1).ceil(), 3),
    "ceil of a negative": (lambda ee: ee.Number(-2.9).ceil(), -2),
    "divide": (lambda ee: ee.Number(5).divide(10.2), pytest.approx(0.490196078)),
    "eq": (lambda ee: ee.Number(1.001).eq(1), 0),
    "exp": (lambda ee: ee.Number(-1).exp(), pytest.approx(0.367879441)),
    "floor": (lambda ee: ee.Number(2.9).floor(), 2),
    "format with zeros": (lambda ee: ee.Number(1).format("%03d"), "001"),
    "gt": (lambda ee: ee.Number(10).gt(5), 1),
    "gte": (lambda ee: ee.Number(5).gte(5), 1),
    "log": (lambda ee: ee.Number(1).log(), 0),
    "log10": (lambda ee: ee.Number(0.1).log10(), -1),
    "lt": (lambda ee: ee.Number(10).lt(5), 0),
    "lte": (lambda ee: ee.Number(5).lte(5), 1),
    "max": (lambda ee: ee.Number(5).max(10), 10),
    "min": (lambda ee: ee.Number(5).min(10), 5),
    "mod": (lambda ee: ee.Number(12).mod(5), 2),
    "mod of a negative": (lambda ee: ee.Number(1).mod(-2), 1),
    "multiply": (lambda ee: ee.Number(5).multiply(10.5), 52.5),
    "neq": (lambda ee: ee.Number(5).neq(10), 1),
    "not": (lambda ee: ee.Number(0).Not(), 1),
    "or": (lambda ee: ee.Number(0).Or(5), 1),
    "parse": (lambda ee: ee.Number.parse("0001"), 1),
    "parse in hexadecimal": (lambda ee: ee.Number.parse("3E8", 16), 1000),
    "pow": (lambda ee: ee.Number(5).pow(-2), pytest.approx(0.04)),
    "round": (lambda ee: ee.Number(10.5).round(), 11),
    "sqrt": (lambda ee: ee.Number(100).sqrt(), 10),
    "subtract": (lambda ee: ee.Number(5).subtract(10), -5),
    "toInt64": (lambda ee: ee.Number(1.7).toInt64(), 1),
    "toLong": (lambda ee: ee.Number(1.7).toLong(), 1),
}  # fmt: skip
STRINGS: dict[str, Case] = {
    "cat": (lambda ee: ee.String("cat").cat(" bird"), "cat bird"),
    "compareTo": (lambda ee: ee.String("b").compareTo("a"), 1),
    "index": (lambda ee: ee.String("abc123").index("c1"), 2),
    "index of nothing": (lambda ee: ee.String("abc123").index(""), 0),
    "rindex": (lambda ee: ee.String("aBc-Abc").rindex("A"), 4),
    "length": (lambda ee: ee.String("abc123").length(), 6),
    "match": (lambda ee: ee.String("ABCabc123").match("[a-z]+[0-9]+"), ["abc123"]),
    "match all": (lambda ee: ee.String("ABCabc123").match("AB", "ig"), ["AB", "ab"]),
    "replace": (lambda ee: ee.String("abc-abc").replace("abc", "X"), "X-abc"),
    "replace all": (lambda ee: ee.String("abc-abc").replace("abc", "X", "g"), "X-X"),
    "slice": (lambda ee: ee.String("").slice(-1), ""),
    "split": (lambda ee: ee.String("aBAbcD").split("ab", "i"), ["", "", "cD"]),
    "split by a class": (lambda ee: ee.String("aBAbcD").split("[bc]", "i"), ["a", "A", "", "D"]),
    "split by a group": (lambda ee: ee.String("aBAbcD").split("(BA|c)"), ["a", "b", "D"]),
    "split into characters": (lambda ee: ee.String("a,b f").split(""), ["a", ",", "b", " ", "f"]),
    "split at the end": (lambda ee: ee.String("a,b,cdee f,g").split("[a-z]"), ["", ",", ",", "", "", "", " ", ","]),
    "toLowerCase": (lambda ee: ee.String("AaBb1").toLowerCase(), "aabb1"),
    "toUpperCase": (lambda ee: ee.String("AaBb1").toUpperCase(), "AABB1"),
    "trim": (lambda ee: ee.String(" a\t\n\r b\n").trim(), "a\t\n\r b"),
    "equals": (lambda ee: ee.String("Abies").equals("abies"), False),
}  # fmt: skip
LISTS: dict[str, Case] = {
    "add": (lambda ee: ee.List(["a"]).add([]), ["a", []]),
    "cat": (lambda ee: ee.List([["a", "b"]]).cat([["1", 1]]), [["a", "b"], ["1", 1]]),
    "filter": (lambda ee: ee.List([1, 2, 3, None, 6, 7]).filter(ee.Filter.gt("item", 4)), [6, 7]),
    "filter by a list": (lambda ee: ee.List([1, 2, None]).filter(ee.Filter.inList("item", [1, 98])), [1]),
    "filter nulls": (lambda ee: ee.List([1, None, 6]).filter(ee.Filter.notNull(["item"])), [1, 6]),
    "frequency": (lambda ee: ee.List([0, 1, 2, 2, 3, 4]).frequency(2), 2),
    "get": (lambda ee: ee.List([5, 10, 15, 20]).get(-2), 15),
    "sequence": (lambda ee: ee.List.sequence(0, 10, 2), [0, 2, 4, 6, 8, 10]),
    "sequence by count": (lambda ee: ee.List.sequence(0, None, -2, 3), [0, -2, -4]),
    "sequence of a count and an end": (lambda ee: ee.List.sequence(0, 10, 2, 3), [0, 5, 10]),
    "sequence up to an end": (lambda ee: ee.List.sequence(3, 6, 2), [3, 5]),
}  # fmt: skip
DICTIONARIES: dict[str, Case] = {
    "combine": (lambda ee: ee.Dictionary({"a": 1, "b": 2}).combine({"a": 9}), {"a": 9, "b": 2}),
    "combine without overwriting": (lambda ee: ee.Dictionary({"a": 1}).combine({"a": 9, "c": 3}, False), {"a": 1, "c": 3}),
    "combine drops nulls": (lambda ee: ee.Dictionary({"a": 1, "b": None}).combine({"a": None}), {"a": 1}),
    "contains": (lambda ee: ee.Dictionary({"a": 1}).contains("b"), False),
    "fromLists": (lambda ee: ee.Dictionary.fromLists(["a"], [1]), {"a": 1}),
    "get": (lambda ee: ee.Dictionary({"a": 1}).get("b", -9999), -9999),
    "keys": (lambda ee: ee.Dictionary({"b": 1, "a": 2}).keys(), ["a", "b"]),
    "remove": (lambda ee: ee.Dictionary({"a": 1, "b": 2}).remove(["b", "c"], True), {"a": 1}),
    "rename": (lambda ee: ee.Dictionary({"a": 1, "b": 2}).rename(["b"], ["c"]), {"a": 1, "c": 2}),
    "rename over another": (lambda ee: ee.Dictionary({"a": 1, "b": 2, "c": 3}).rename(["c"], ["a"], True), {"a": 3, "b": 2}),
    "select": (lambda ee: ee.Dictionary({"a": 1, "b": 2}).select(["a"]), {"a": 1}),
    "set": (lambda ee: ee.Dictionary({"a": 1}).set("a", 2), {"a": 2}),
    "size": (lambda ee: ee.Dictionary({"a": 1}).size(), 1),
    "values": (lambda ee: ee.Dictionary({"b": 1, "a": 2}).values(), [2, 1]),
}  # fmt: skip
SUMMER = "1975-07-23T21:13:59"
DATES: dict[str, Case] = {
    "of milliseconds": (lambda ee: ee.Date(60_000).format(), "1970-01-01T00:01:00"),
    "of a year": (lambda ee: ee.Date("2020").format(), "2020-01-01T00:00:00"),
    "in a zone": (lambda ee: ee.Date("2020-08-18").format(None, "America/Los_Angeles"), "2020-08-17T17:00:00"),
    "in another zone": (lambda ee: ee.Date("2020-08-18").format(None, "Etc/GMT-10"), "2020-08-18T10:00:00"),
    "week and weekyear": (lambda ee: ee.Date(SUMMER).format("xxxx ww"), "1975 30"),
    "day of the year": (lambda ee: ee.Date(SUMMER).format("yy DDD"), "75 204"),
    "day of the week": (lambda ee: ee.Date(SUMMER).format("e EEEEEEEE"), "3 Wednesday"),
    "half of the day": (lambda ee: ee.Date(SUMMER).format("a KK hh"), "PM 09 09"),
    "hours": (lambda ee: ee.Date(SUMMER).format("HH kk mm ss SS"), "21 21 13 59 00"),
    "offset": (lambda ee: ee.Date(SUMMER).format("Z", "PST8PDT"), "-0700"),
    "offset with a colon": (lambda ee: ee.Date(SUMMER).format("ZZ", "PST8PDT"), "-07:00"),
    "id of the zone": (lambda ee: ee.Date(SUMMER).format("ZZZ", "PST8PDT"), "PST8PDT"),
    "id of the default zone": (lambda ee: ee.Date(SUMMER).format("ZZZ"), "UTC"),
    "getRange": (lambda ee: ee.Date("2013-3-15").getRange("year").end().format("yyyy-M-d"), "2014-1-1"),
    "getRelative": (lambda ee: ee.Date("2021-4-30T07:15:31.24").getRelative("day", "year"), 119),
    "of one date": (lambda ee: ee.DateRange("2017-06-24"), {"type": "DateRange", "dates": [1498262400000, 1498262400001]}),
}  # fmt: skip
ALL = {
    f"{kind} {name}": case
    for kind, cases in (
        ("Number", NUMBERS),
        ("String", STRINGS),
        ("List", LISTS),
        ("Dictionary", DICTIONARIES),
        ("Date", DATES),
    )
    for name, case in cases.items()
}


@pytest.mark.parametrize(("expression", "wanted"), ALL.values(), ids=ALL)
def test_a_function_gives_what_the_reference_states(
    ee: Any, expression: Callable[[Any], Any], wanted: object
) -> None:
    assert value(expression(ee)) == wanted


@pytest.mark.parametrize(("name", "limits"), CASTS.items(), ids=CASTS)
def test_a_cast_ends_at_the_range_of_its_type(ee: Any, name: str, limits: tuple[int, int]) -> None:
    low, high = limits
    for given, wanted in ((1.7, 1), (high + 12345, high), (low - 12345, low)):
        assert value(getattr(ee.Number(given), name)()) == wanted


UNKNOWN: dict[str, Callable[[Any], Any]] = {
    "a number that 32 bits do not hold": lambda ee: ee.Number(1.7).float(),
    "the name of a zone": lambda ee: ee.Date(SUMMER).format("zzzz", "PST8PDT"),
    "an era": lambda ee: ee.Date(SUMMER).format("GG"),
    "a POSIX class": lambda ee: ee.String("a b").split("[[:space:]]"),
    "an expression that matches nothing": lambda ee: ee.String("abc").split("x*"),
}


@pytest.mark.parametrize("expression", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_refused_by_name(ee: Any, expression: Callable[[Any], Any]) -> None:
    with pytest.raises(ExpressionError, match="does not compute"):
        value(expression(ee))

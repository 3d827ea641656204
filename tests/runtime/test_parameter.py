from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from groundwire_runtime.errors import ArgumentError, shortened
from groundwire_runtime.messages import Unlisted
from groundwire_runtime.parameters import Parameter

NAIVE = datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a time without a zone is the point


def query(kind: str = "string", **facts: Any) -> Parameter:
    return Parameter(name="p", location="query", kind=kind, **facts)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("string", "a b&c", "a b&c"),
        ("string", "", ""),
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("int32", -(2**31), "-2147483648"),
        ("uint32", 2**32 - 1, "4294967295"),
        ("int64", 2**63 - 1, "9223372036854775807"),
        ("uint64", 2**64 - 1, "18446744073709551615"),
        ("double", 0.1, "0.1"),
        ("double", math.nan, "NaN"),
        ("double", -math.inf, "-Infinity"),
        ("float", 0.5, "0.5"),
        ("byte", b"\xff\xfe", "//4="),
        ("timestamp", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "2024-01-02T03:04:05Z"),
        ("datetime", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "2024-01-02T03:04:05Z"),
        ("datetime", "2024-01-02T03:04:05+01:00", "2024-01-02T03:04:05+01:00"),
        ("duration", timedelta(seconds=1.5), "1.500s"),
        ("fieldmask", "name,author.name", "name,author.name"),
        ("of-tomorrow", "x", "x"),
    ],
)
def test_each_kind_is_written_as_in_a_url(kind: str, value: object, text: str) -> None:
    assert query(kind).texts(value) == (text,)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("string", None),
        ("string", b"a"),
        ("string", ["a"]),
        ("boolean", 1),
        ("boolean", "true"),
        ("int32", True),
        ("int32", 1.5),
        ("int32", "1"),
        ("int32", 2**31),
        ("uint32", -1),
        ("int64", 2**63),
        ("int64", 10**500),
        ("uint64", -1),
        ("double", "1"),
        ("double", True),
        ("byte", "//4="),
        ("timestamp", NAIVE),
        ("datetime", NAIVE),
        ("datetime", 5),
        ("timestamp", "2024-01-02"),
        ("duration", "1s"),
        ("fieldmask", "author_name"),
        ("fieldmask", "a..b"),
        ("string", "\ud800"),
    ],
)
def test_a_value_of_another_type_or_out_of_range_is_refused(kind: str, value: object) -> None:
    with pytest.raises(ArgumentError, match=r"^p: "):
        query(kind).texts(value)


@pytest.mark.parametrize(
    ("kind", "minimum", "maximum", "value", "fits"),
    [
        ("int32", "1", "10", 1, True),
        ("int32", "1", "10", 10, True),
        ("int32", "1", "10", 0, False),
        ("int32", "1", "10", 11, False),
        ("double", "0.5", None, 0.5, True),
        ("double", "0.5", None, 0.4, False),
        ("double", "0", "1", 1.0, True),
        ("double", "0", "1", 1.5, False),
        ("double", "0", "1", math.nan, False),
        ("double", None, "1", math.inf, False),
        ("int64", "9007199254740993", None, 9007199254740992, False),
        ("uint64", None, "9007199254740992", 9007199254740993, False),
    ],
)
def test_range(kind: str, minimum: str | None, maximum: str | None, value: float, fits: bool) -> None:
    parameter = query(kind, minimum=minimum, maximum=maximum)
    if fits:
        assert parameter.texts(value)
    else:
        with pytest.raises(ArgumentError, match=rf"must be at (least|most) .*, got {value}$"):
            parameter.texts(value)


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("^shops/[^/]+$", "shops/s", True),
        ("^shops/[^/]+$", "shops/s/t", False),
        ("^shops/[^/]+$", "shops/", False),
        ("^shops/[^/]+$", "shops/s\n", False),
        ("^shops/[^/]+$", "shops/" + "s" * 3_000, False),
        (r"^\d$", "\u0663", False),
        ("^shops/.*", "shops/s/t", True),
        ("^s+$", "s" * 2_048, True),
        ("^s+$", "s" * 2_049, False),
    ],
)
def test_pattern(pattern: str, value: str, fits: bool) -> None:
    parameter = Parameter(name="p", location="path", pattern=pattern)
    if fits:
        assert parameter.texts(value) == (value,)
    else:
        with pytest.raises(ArgumentError, match=r"^p: (must match .*, got |.* control character)") as caught:
            parameter.texts(value)
        assert shortened(value) in str(caught.value)


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        (query("int32"), 2**31, "p: out of the range of int32, got 2147483648"),
        (query("boolean"), "true", "p: expected a bool, got 'true'"),
        (query(repeated=True), "ab", "p: expected a sequence, got 'ab'"),
        (query(), 5, "p: expected a str, got 5"),
        (query("int32", repeated=True, maximum="5"), [5, 6], "p: must be at most 5, got 6"),
        (query(repeated=True, pattern="^a+$"), ["a", "b"], "p: must match ^a+$, got 'b'"),
        (Parameter(name="p", location="path"), "", "p: empty, got ''"),
        (query(values=("HARDBACK", "PAPERBACK")), "PAP", "p: expected one of PAPERBACK, got 'PAP'"),
        (
            query(values=tuple(f"V{n}" for n in range(12))),
            "zzz",
            f"p: expected one of {', '.join(f'V{n}' for n in range(10))}, got 'zzz'",
        ),
    ],
)
def test_a_refusal_says_what_was_expected_and_what_was_given(
    parameter: Parameter, value: object, says: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        parameter.texts(value)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("value", "text"), [("s", "shops/s"), ("shops/s", "shops/s"), ("shops", "shops/shops")]
)
def test_a_prefix_is_put_before_what_lacks_it(value: str, text: str) -> None:
    parameter = Parameter(name="p", location="path", prefix="shops/", pattern="^shops/[^/]+$")
    assert parameter.texts(value) == (text,)


@pytest.mark.parametrize("value", ["", "shops/", "a/b", "other/a/b", "shops/a/b"])
def test_a_prefix_mends_nothing_else(value: str) -> None:
    parameter = Parameter(name="p", location="path", prefix="shops/", pattern="^shops/[^/]+$")
    with pytest.raises(ArgumentError, match=r"^p: "):
        parameter.texts(value)


@pytest.mark.parametrize(
    ("value", "texts"), [([], ()), (["a"], ("a",)), (("a", "b", "a"), ("a", "b", "a")), (["a,b"], ("a,b",))]
)
def test_repeated_is_one_text_an_item(value: object, texts: tuple[str, ...]) -> None:
    assert query(repeated=True).texts(value) == texts


@pytest.mark.parametrize("value", ["ab", b"ab", 5, {"a"}, {"a": 1}, iter("ab"), [1], [None], [["a"]]])
def test_repeated_takes_only_sequences_of_its_kind(value: object) -> None:
    with pytest.raises(ArgumentError, match=r"^p: "):
        query(repeated=True).texts(value)


def test_an_enum_takes_its_values_and_what_is_marked_unlisted() -> None:
    parameter = query(values=("HARDBACK", "PAPERBACK"))
    assert parameter.texts("HARDBACK") == ("HARDBACK",)
    assert parameter.texts(Unlisted("SCROLL")) == ("SCROLL",)
    with pytest.raises(ArgumentError, match="expected one of HARDBACK, PAPERBACK, got 'HARDBOCK'"):
        parameter.texts("HARDBOCK")
    with pytest.raises(ArgumentError, match="expected one of HARDBACK, PAPERBACK, got 'zzz'"):
        parameter.texts("zzz")


def test_a_refusal_quotes_no_more_than_a_little() -> None:
    with pytest.raises(ArgumentError) as caught:
        query(values=("A",)).texts("b" * 100_000)
    assert len(str(caught.value)) < 400


def test_a_member_of_an_enum_of_texts_is_sent_as_its_text() -> None:
    class Order(str, Enum):  # noqa: UP042 - what callers have
        NAME = "name"

    assert Parameter(name="orderBy", location="query").texts(Order.NAME) == ("name",)

"""Instants and spans compare exactly, among themselves and with the standard library's."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from groundwire import Duration, Timestamp

NAIVE = datetime(2024, 1, 1)  # noqa: DTZ001 - a time without a zone is the point
EAST = timezone(timedelta(hours=1))
ORDER: list[tuple[Callable[[Any, Any], bool], bool, bool, bool]] = [
    (operator.lt, True, False, False),
    (operator.le, True, True, False),
    (operator.eq, False, True, False),
    (operator.ne, True, False, True),
    (operator.ge, False, True, True),
    (operator.gt, False, False, True),
]
INSTANTS = [
    (Timestamp(2024), Timestamp(2024, nanosecond=1)),
    (Timestamp(2024, nanosecond=999), Timestamp(2024, microsecond=1)),
    (Timestamp(2024, 1, 1, 0), Timestamp(2024, 1, 1, 2, tzinfo=EAST)),
    (datetime(2024, 1, 1, tzinfo=UTC), Timestamp(2024, nanosecond=1)),
    (Timestamp(2023, 12, 31, nanosecond=999), datetime(2024, 1, 1, tzinfo=UTC)),
]
SPANS = [
    (Duration(), Duration(nanosecond=1)),
    (Duration(nanosecond=999), Duration(microseconds=1)),
    (Duration.parse("-0.000000001s"), Duration()),
    (timedelta(seconds=1), Duration(seconds=1, nanosecond=1)),
    (Duration(seconds=1, nanosecond=999), timedelta(seconds=2)),
]


@pytest.mark.parametrize(("less", "more"), INSTANTS + SPANS)
def test_each_comparison_sees_the_nanosecond(less: Any, more: Any) -> None:
    for compare, below, same, above in ORDER:
        found = (compare(less, more), compare(less, less), compare(more, more), compare(more, less))
        assert found == (below, same, same, above), compare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Timestamp(2024), datetime(2024, 1, 1, tzinfo=UTC)),
        (Timestamp(2024), Timestamp(2024, 1, 1, 1, tzinfo=EAST)),
        (Timestamp(2024, nanosecond=7), Timestamp(2024, 1, 1, 1, tzinfo=EAST, nanosecond=7)),
        (Duration(seconds=1), timedelta(seconds=1)),
        (Duration(1, nanosecond=7), Duration.parse("86400.000000007s")),
    ],
)
def test_what_is_the_same_is_equal_and_hashes_alike(one: Any, other: Any) -> None:
    assert one == other
    assert not one != other  # noqa: SIM202 - `!=` itself is tested
    assert hash(one) == hash(other)


def test_hashes_tell_nanoseconds_apart() -> None:
    assert len({hash(Timestamp(2024, nanosecond=n)) for n in range(1000)}) > 900
    assert len({hash(Duration(1, nanosecond=n)) for n in range(1000)}) > 900


def test_what_is_no_instant_is_no_equal_and_has_no_order() -> None:
    assert Timestamp(2024) != NAIVE
    assert Timestamp(2024) != "2024"
    assert Duration(1) != "1 day"
    for other in (NAIVE, date(2024, 1, 1)):
        with pytest.raises(TypeError, match="compares with aware datetimes only"):
            assert Timestamp(2024) < other
    with pytest.raises(ValueError, match="must be in 0"):
        Timestamp(2024, nanosecond=1000)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-01-01T01:00:00.123456789+01:00", "2024-01-01T00:00:00.123456789Z"),
        ("2024-01-01T00:00:00+23:59", "2023-12-31T00:01:00Z"),
        ("2024-01-01T00:00:00-23:59", "2024-01-01T23:59:00Z"),
    ],
)
def test_an_offset_moves_an_instant_and_no_digit_of_it(text: str, same: str) -> None:
    assert Timestamp.parse(text).text() == same


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2024-01-01", "not an RFC 3339 timestamp"),
        ("2024-01-01T00:00:00+24:00", "not an RFC 3339 offset"),
        ("2024-01-01T00:00:00-00:60", "not an RFC 3339 offset"),
        ("0001-01-01T00:00:00+01:00", "within the years 0001 to 9999"),
        ("9999-12-31T23:59:59-01:00", "within the years 0001 to 9999"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Timestamp.parse(text)


def test_a_span_is_refused_with_its_reason() -> None:
    with pytest.raises(ValueError, match=r"such as 3\.5s"):
        Duration.parse("3.5")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="sets the time zone of the process")
def test_an_instant_is_written_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XYZ+5")
        time.tzset()
        written = Timestamp.of(datetime(2024, 1, 1, 1, tzinfo=EAST)).text()
    time.tzset()
    assert written == "2024-01-01T00:00:00Z"


def test_what_is_printed_makes_the_same_again() -> None:
    assert repr(Timestamp(2024, nanosecond=1)) == "Timestamp.parse('2024-01-01T00:00:00.000000001Z')"
    assert repr(Duration(nanosecond=1)) == "Duration.parse('0.000000001s')"
    assert repr(Timestamp(2024, tzinfo=None)).startswith("Timestamp(2024, 1, 1")

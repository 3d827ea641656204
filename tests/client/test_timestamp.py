"""Instants and spans compare exactly, among themselves and with the standard library's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from groundwire import Duration, Timestamp


def test_timestamps_compare_by_the_nanosecond() -> None:
    whole, more = Timestamp(2024, 1, 1), Timestamp(2024, 1, 1, nanosecond=1)
    plain = datetime(2024, 1, 1, tzinfo=UTC)
    assert whole < more <= more
    assert more > plain == whole
    assert hash(whole) == hash(plain)
    assert more != plain
    assert not whole != plain  # noqa: SIM202 - `!=` itself is tested
    assert Duration(nanosecond=1) != timedelta()
    assert Timestamp(2024) != "2024"
    assert max(Duration(nanosecond=1), Duration()) == Duration.parse("0.000000001s")
    assert Duration(seconds=1) == timedelta(seconds=1)
    assert hash(Duration(seconds=1)) == hash(timedelta(seconds=1))
    with pytest.raises(TypeError, match="aware"):
        assert more < datetime(2024, 1, 1)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="must be in 0"):
        Timestamp(2024, nanosecond=1000)

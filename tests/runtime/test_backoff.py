from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from groundwire_runtime.retry import full_jitter, retry_after
from hypothesis import given
from hypothesis import strategies as st

INSTANT = 784_111_777.0  # 1994-11-06 08:49:37 UTC


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XYZ+5")
        time.tzset()
        yield
    time.tzset()


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_negative_and_never_above_its_ceiling(attempt: int, chance: float) -> None:
    ceiling = 60.0 if attempt > 5 else min(60.0, 2.0**attempt)
    assert 0 <= full_jitter(attempt, chance) <= ceiling


@pytest.mark.parametrize(
    ("attempt", "base", "cap", "ceiling"),
    [(0, 1.0, 60.0, 1.0), (3, 1.0, 60.0, 8.0), (6, 1.0, 60.0, 60.0), (2, 0.5, 60.0, 2.0), (9, 1.0, 4.0, 4.0)],
)
def test_waits_are_spread_evenly_from_zero_to_the_ceiling(
    attempt: int, base: float, cap: float, ceiling: float
) -> None:
    source = random.Random(20_240_229)  # noqa: S311 - a seeded source
    waits = sorted(full_jitter(attempt, source.random(), base=base, cap=cap) for _ in range(10_000))
    deciles = [waits[0], *waits[999::1_000]]
    assert all(abs((high - low) / ceiling - 0.1) < 0.015 for low, high in pairwise(deciles))
    assert waits[-1] < ceiling


def test_the_ceiling_doubles_with_each_attempt() -> None:
    assert [full_jitter(attempt, 0.5) for attempt in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("1", 1.0), ("120", 120.0), (" 7 ", 7.0), ("007", 7.0), ("99999999", 99_999_999.0)],
)
def test_seconds_are_taken_as_they_are(text: str, seconds: float) -> None:
    assert retry_after(text, INSTANT) == seconds


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
@pytest.mark.parametrize(("now", "seconds"), [(INSTANT - 90, 90), (INSTANT, 0), (INSTANT + 90, 0)])
def test_the_three_date_forms_mean_the_same_instant(text: str, now: float, seconds: float) -> None:
    assert retry_after(text, now) == pytest.approx(seconds, abs=1)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="sets the time zone of the process")
@pytest.mark.usefixtures("far_from_utc")
def test_a_date_means_utc_wherever_the_machine_stands() -> None:
    assert retry_after("Sun Nov  6 08:49:37 1994", INSTANT - 90) == 90


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "abc",
        "1e3",
        "5 s",
        "0x10",
        "\u0663",
        "9" * 11,
        "9" * 5_000,
        "06 Nov 1994 08:49:37 GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +99999999",
        "S" * 100_000,
        "nan",
        "inf",
    ],
)
def test_what_is_malformed_asks_for_nothing(text: str | None) -> None:
    assert retry_after(text, INSTANT) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = retry_after(text, INSTANT)
    assert found is None or found >= 0

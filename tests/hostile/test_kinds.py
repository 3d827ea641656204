"""A sample of every kind of hostile case; `nox -s hostile` runs thousands."""

from __future__ import annotations

import pytest

from tests.hostile.cases import Kind
from tests.hostile.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_sample_does_no_harm(kind: Kind) -> None:
    tally = kind.run(kind.sample)
    assert tally.cases == kind.sample
    assert tally.faults == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_case_is_the_same_every_time(kind: Kind) -> None:
    assert [kind.case(number) for number in range(3)] == [kind.case(number) for number in range(3)]

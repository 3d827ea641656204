"""A part of the session `bulk`: processes that are killed, and nothing doubled or lost."""

from __future__ import annotations

import pytest

from tests.audits.bulk.kills import Outcome, Scenario, run

from . import postgres


@pytest.mark.parametrize("seed", [7])
def test_a_hundred_exports_survive_ten_kills(seed: int) -> None:
    check(run(Scenario(ledger="sqlite", processes=2, seed=seed)))


def test_a_hundred_exports_survive_ten_kills_and_two_of_the_database() -> None:
    if postgres.reason():
        pytest.skip(postgres.reason())
    check(run(Scenario(ledger="postgres", processes=2, server_kills=2, seed=7)))


def check(outcome: Outcome) -> None:
    assert not (outcome.doubled or outcome.lost or outcome.wrong), str(outcome)
    assert outcome.operations == outcome.scenario.exports
    # How often is a matter of time; that it happened is none.
    assert outcome.hit > 0, str(outcome)
    assert any(count for sends, count in outcome.sends.items() if sends > 1), str(outcome)

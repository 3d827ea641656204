"""Every rule of the contract prints its evidence and source, and can be relaxed, enforced and answered otherwise, or says why not."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from groundwire_contract.cli import main
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations import algorithms
from groundwire_contract.overrides import Change, Overrides
from groundwire_contract.rules.fixed import FIXED, UNANSWERED
from groundwire_contract.rules.registry import RULES

from .broken import BROKEN, UNBROKEN
from .process import SERVE


@pytest.fixture(autouse=True)
def without_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no list of functions be installed."""
    monkeypatch.setattr(algorithms, "carried", lambda: None)


@pytest.mark.parametrize("id_", BROKEN)
def test_a_rule_refuses_where_it_is_enforced(id_: str) -> None:
    service = BROKEN[id_].made()
    if id_ not in FIXED:
        service.overrides.enforce(id_)
    assert BROKEN[id_].seen(service).rule == id_


@pytest.mark.parametrize("id_", [each for each in BROKEN if each not in FIXED])
def test_a_relaxed_rule_lets_a_request_through(id_: str) -> None:
    service = BROKEN[id_].made()
    service.overrides.relax(id_)
    seen = BROKEN[id_].seen(service)
    assert seen.rule is None, seen.text
    assert seen.status in ((0,) if BROKEN[id_].inside else (200, 201, 204))


@pytest.mark.parametrize("id_", [each for each in BROKEN if each not in FIXED])
def test_a_rule_that_is_off_lets_a_request_through(id_: str) -> None:
    service = BROKEN[id_].made()
    seen = BROKEN[id_].seen(service)
    assert (seen.rule == id_) is RULES[id_].enforced


@pytest.mark.parametrize("id_", BROKEN)
def test_a_rule_is_answered_otherwise(id_: str) -> None:
    service = BROKEN[id_].made()
    service.overrides.enforce(id_)
    service.overrides.change(id_, Change(code=503, message="Otherwise \u2013 here."))
    seen = BROKEN[id_].seen(service)
    assert (seen.rule, seen.status) == (id_, 14 if BROKEN[id_].inside else 503)
    assert "Otherwise" in seen.text
    service = BROKEN[id_].made()
    service.overrides.enforce(id_)
    usual = BROKEN[id_].seen(service)
    service = BROKEN[id_].made()
    service.overrides.enforce(id_)
    service.overrides.change(id_, Change(message="Only the words."))
    worded = BROKEN[id_].seen(service)
    assert (worded.rule, worded.status) == (id_, usual.status)
    assert "Only the words." in worded.text


@pytest.mark.parametrize("id_", FIXED)
def test_a_rule_that_cannot_be_relaxed_says_why(id_: str, earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(ValueError, match=f"^{id_} cannot be relaxed: {re.escape(FIXED[id_])}$"):
        earthengine_contract.relax("unknown-field", id_)
    with pytest.raises(ValueError, match="cannot be relaxed"):
        Overrides(relaxed=[id_])


def test_a_refused_relaxation_relaxes_nothing(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(ValueError, match="cannot be relaxed"):
        earthengine_contract.relax("unknown-field", "unknown-path")
    service = BROKEN["unknown-field"].made()
    with pytest.raises(ValueError, match="cannot be relaxed"):
        service.overrides.relax("unknown-field", "unknown-path")
    assert BROKEN["unknown-field"].seen(service).rule == "unknown-field"


@pytest.mark.parametrize("id_", sorted(UNANSWERED))
def test_a_rule_without_an_answer_says_so(id_: str, earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(ValueError, match=f"{id_} has no answer"):
        earthengine_contract.answer(id_, code=400)


def test_every_rule_is_broken_here_or_says_why_not() -> None:
    assert BROKEN.keys() | UNBROKEN.keys() == RULES.keys()
    assert FIXED.keys() | UNANSWERED <= RULES.keys()


def test_every_rule_prints_its_evidence_its_source_and_whether_it_is_fixed() -> None:
    lines = CliRunner().invoke(main, ["rules"]).output.splitlines()
    assert len(lines) == len(RULES)
    for rule, line in zip(RULES.values(), lines, strict=True):
        assert line.startswith(f"{rule.evidence.value:<2} {rule.id} ")
        assert rule.statement in line
        assert rule.source
        assert line.endswith(f"[{rule.source}]")
        assert ("(fixed: " in line) is (rule.id in FIXED)
        assert ("(off)" in line) is not rule.enforced
        assert rule.enforced or "off unless it is enforced" in rule.statement.lower(), "it says why"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--relax", "unknown-path"), "unknown-path cannot be relaxed: there is no method to call."),
        (("--relax", "unknown-paht"), "no such rule: unknown-paht"),
        (("--answer", "attempts=400"), "attempts has no answer of its own to change"),
    ],
)
def test_serve_says_why(option: tuple[str, str], said: str) -> None:
    done = CliRunner().invoke(main, [*SERVE[3:], *option])
    assert done.exit_code == 2
    assert said in " ".join(done.output.split()).replace(" │ ", " ")

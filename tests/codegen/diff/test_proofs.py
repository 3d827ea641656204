"""Verdicts proved by execution: code written against the old client is checked and run with the new one.

The requests that it sends go to a contract server of the new document besides.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Final

import pytest
from groundwire_codegen.diff import RULES, Diff, Verdict

from tests.codegen.diff.ground import Ground, Outcome, done_by, lay_ground, outcome, worst
from tests.codegen.diff.proofs import PROOFS, Proof
from tests.codegen.diff.rest import REST_PROOFS
from tests.codegen.diff.server import status_of
from tests.modules import forget

SERVICE_ALONE: Final = {
    "field.default": "the client sends no default, and shows none",
    "field.pattern": "the client runs no pattern of a document's field",
    "field.read-only": "the client sends what it is given",
    "parameter.default": "the client sends no default",
    "parameter.form": "the client checks no form of a text",
    "parameter.pattern-unchecked": "the client does not run a pattern that may take long",
}
"""Rules for what only a service can do otherwise, and why the client cannot show it: it does what it did."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("proofs")
    ground = lay_ground(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield ground
    sys.path.remove(str(folder))
    forget({path.stem for path in folder.iterdir()})


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.rule)
def test_what_happens_is_what_the_verdict_says(proof: Proof, ground: Ground) -> None:
    assert f"old_{proof.name}" not in ground.errors, ground.errors[f"old_{proof.name}"]
    diff = ground.diffs[proof.name]
    assert proof.rule in rules(diff)
    happened = what_happened(proof, ground, ground.before(proof))
    if proof.rule in SERVICE_ALONE:
        assert (happened, RULES[proof.rule].verdict) == (Verdict.COMPATIBLE, Verdict.BEHAVIOUR)
    else:
        assert happened is RULES[proof.rule].verdict
    assert worst(diff).rank >= happened.rank


def rules(diff: Diff) -> set[str]:
    return {change.rule.id for change in diff.changes}


def what_happened(proof: Proof, ground: Ground, before: Outcome) -> Verdict:
    if f"new_{proof.name}" in ground.errors:
        return Verdict.TYPES
    try:
        after = outcome("new", proof)
    except Exception:  # noqa: BLE001 - whatever it raises, the old client did not
        return Verdict.RUN
    return Verdict.COMPATIBLE if after.seen == before.seen else Verdict.BEHAVIOUR


@pytest.mark.parametrize("change", PROOFS, ids=lambda proof: proof.rule)
def test_what_the_worst_verdict_rules_out_happens_to_nobody(change: Proof, ground: Ground) -> None:
    """All users' code, with every client whose changes are not worse than breaking at run time."""
    limit = worst(ground.diffs[change.name])
    if limit is Verdict.TYPES:
        return
    assert f"all_{change.name}" not in ground.errors, ground.errors[f"all_{change.name}"]
    users = importlib.import_module(f"use_all_{change.name}")
    if limit is Verdict.RUN:
        return
    for proof in PROOFS:
        after = done_by(getattr(users, f"run_{proof.name}"), users.shop, proof)
        if limit is Verdict.COMPATIBLE:
            assert after.seen == ground.before(proof).seen, proof.rule
            assert status_of(ground.servers[change.name], after.sent) == 200, proof.rule


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.rule)
def test_a_server_of_the_new_document_answers_the_old_client(proof: Proof, ground: Ground) -> None:
    status = status_of(ground.servers[proof.name], ground.before(proof).sent)
    assert status == proof.status
    assert status == 200 or worst(ground.diffs[proof.name]) is not Verdict.COMPATIBLE


def test_every_rule_is_proved() -> None:
    assert len({proof.rule for proof in PROOFS}) == len(PROOFS)
    assert {proof.rule for proof in (*PROOFS, *REST_PROOFS)} == set(RULES)
    assert {RULES[proof.rule].verdict for proof in PROOFS} == set(Verdict)

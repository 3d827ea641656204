"""Verdicts on changes of OpenAPI documents, proved by execution, beside those of oasdiff."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator

import pytest
from groundwire_codegen.diff import RULES, Diff, Place, Verdict
from groundwire_codegen.diff.views.markdown import markdown
from groundwire_codegen.diff.views.page import page
from groundwire_codegen.diff.views.report import report
from groundwire_codegen.diff.views.terminal import terminal
from groundwire_codegen.diff.views.tree import tree

from tests.codegen.diff.ground import worst
from tests.codegen.diff.rest import REST_PROOFS, RestProof
from tests.codegen.diff.rest.ground import RestGround, done_by, lay_ground, outcome
from tests.codegen.diff.rest.proof import RECEIPT
from tests.codegen.packages import ROOT

each_proof = pytest.mark.parametrize("proof", REST_PROOFS, ids=lambda proof: proof.name)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestGround]:
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("rest_proofs")
    ground = lay_ground(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield ground
    sys.path.remove(str(folder))
    written = {path.stem for path in folder.iterdir()}
    for name in [each for each in sys.modules if each.partition(".")[0] in written]:
        del sys.modules[name]


@each_proof
def test_what_happens_is_what_the_verdict_says(proof: RestProof, ground: RestGround) -> None:
    assert f"old_{proof.name}" not in ground.errors, ground.errors[f"old_{proof.name}"]
    diff = ground.diffs[proof.name]
    assert proof.rule in {change.rule.id for change in diff.changes}
    happened = what_happened(proof, ground)
    if proof.alone:
        assert (happened, RULES[proof.rule].verdict) == (Verdict.COMPATIBLE, Verdict.BEHAVIOUR)
    else:
        assert happened is RULES[proof.rule].verdict
    assert worst(diff).rank >= happened.rank


def what_happened(proof: RestProof, ground: RestGround) -> Verdict:
    before = ground.before(proof)
    if f"new_{proof.name}" in ground.errors:
        return Verdict.TYPES
    try:
        after = outcome("new", proof)
    except Exception:  # noqa: BLE001 - whatever it raises, the old client did not
        return Verdict.RUN
    return Verdict.COMPATIBLE if after == before else Verdict.BEHAVIOUR


@each_proof
def test_what_the_worst_verdict_rules_out_happens_to_nobody(proof: RestProof, ground: RestGround) -> None:
    """All users' code, with every client whose changes are not worse than breaking at run time."""
    limit = worst(ground.diffs[proof.name])
    if proof.name not in ground.users:
        return
    assert f"all_{proof.name}" not in ground.errors, ground.errors[f"all_{proof.name}"]
    users = importlib.import_module(f"use_all_{proof.name}")
    if limit is Verdict.RUN:
        return
    # The service answers what the new document states.
    answer = proof.answer if isinstance(proof.answer, dict) and "total" in proof.answer else RECEIPT
    for other in REST_PROOFS:
        if other.before is None and other.answer is None:
            after = done_by(getattr(users, f"run_{other.name}"), other, answer)
            if limit is Verdict.COMPATIBLE:
                assert after == outcome("old", other, answer), other.name


def test_the_checks_of_oasdiff_that_concern_a_client_have_a_verdict() -> None:
    checks = [proof.check for proof in REST_PROOFS if proof.check]
    assert len(checks) == len({*checks}) >= 90
    assert all(proof.level for proof in REST_PROOFS if proof.check)


def test_the_docs_list_where_oasdiff_judges_otherwise() -> None:
    """An error of it is breaking here, a warning is more than compatible, and an information is compatible."""
    least = {"error": 2, "warning": 1, "info": 0}
    differ = [
        (proof.check, proof.level, proof.rule, str(verdict))
        for proof in REST_PROOFS
        if (verdict := RULES[proof.rule].verdict) is not None and proof.check
        if not (verdict.rank >= least[proof.level] and (proof.level != "info" or verdict.rank == 0))
    ]
    text = (ROOT / "docs" / "diff.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \| (\w+) \| `([a-z.-]+)`: (.*?) \|$", text, re.MULTILINE) == differ
    assert f"{len([proof for proof in REST_PROOFS if proof.check])} of its checks" in text


def test_every_view_shows_every_change(ground: RestGround) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for name, diff in ground.diffs.items():
        validator.validate(json.loads(report(diff)))
        ids = [change.rule.id for change in diff.changes]
        for text in (markdown(diff), page(diff), terminal(diff, colour=False, width=200)):
            assert all(id_ in text for id_ in ids), name


def test_methods_of_two_resources_are_two_branches() -> None:
    change = Place(subject="method", path="users.get", methods=("users.get",)).change("method.docs", "a", "b")
    _, methods, _ = tree(Diff(old="", new="", changes=(change,), methods=("orders.get", "users.get")))
    assert sorted(methods.below) == ["orders", "users"]
    assert [len(each.changes) for each in methods.below["users"].below.values()] == [1]

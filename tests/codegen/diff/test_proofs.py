"""Verdicts proved by execution: code written against the old client is checked and run with the new one."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from groundwire_codegen.diff import RULES, Diff, Given, Verdict, compare, read_sides
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_runtime import credentials
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.diff.proofs import PROOFS, Proof
from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded

_HEAD = "from __future__ import annotations\n\nfrom typing import assert_never\n\nimport {0} as shop\n\n"
_ERROR = re.compile(r"use_(\w+)\.py:\d+: error: (.*)")


@frozen
class Ground:
    """The clients of both sides, and what a checker says of each user's code with the new one."""

    folder: Path
    errors: dict[str, list[str]]
    diffs: dict[str, Diff]


def code(proof: Proof, package: str) -> str:
    body = proof.body.strip("\n")
    indented = body if body.startswith("    ") else f"    {body}"
    return f"{_HEAD.format(package)}\ndef run(client: shop.Client) -> object:\n{indented}\n"


def every_code(package: str) -> str:
    """What all users do, in one module."""
    functions = [code(proof, package).removeprefix(_HEAD.format(package)) for proof in PROOFS]
    named = [
        text.replace("def run(", f"def run_{proof.name}(")
        for proof, text in zip(PROOFS, functions, strict=True)
    ]
    return _HEAD.format(package) + "\n".join(named)


def worst(diff: Diff) -> Verdict:
    return max((change.verdict for change in diff.changes), key=lambda verdict: verdict.rank)


def write(folder: Path, package: str, document: bytes, overlay: str, names: Any = None) -> Any:
    output = generate(
        Inputs(name="shop.json", document=document, overlay=overlay.encode(), package=package), names
    )
    (folder / package).mkdir()
    for path, text in output.files.items():
        (folder / package / path).write_text(text, "utf-8")
    return output.lock


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("proofs")
    before = encoded(shop())
    lock = write(folder, "old", before, OVERLAY)
    diffs: dict[str, Diff] = {}
    for proof in PROOFS:
        document = shop()
        proof.edit(document)
        overlay = OVERLAY
        for old, new in proof.overlay:
            assert old in overlay, proof.rule
            overlay = overlay.replace(old, new)
        given = (Given(name="old", document=before, overlay=OVERLAY.encode()),)
        sides = read_sides(*given, Given(name="new", document=encoded(document), overlay=overlay.encode()))
        diffs[proof.name] = compare(sides.old, sides.new)
        write(folder, f"new_{proof.name}", encoded(document), fitted(overlay, document), lock)
        (folder / f"use_old_{proof.name}.py").write_text(code(proof, "old"))
        (folder / f"use_new_{proof.name}.py").write_text(code(proof, f"new_{proof.name}"))
        if worst(diffs[proof.name]) is not Verdict.TYPES:
            (folder / f"use_all_{proof.name}.py").write_text(every_code(f"new_{proof.name}"))
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\nfollow_imports = silent\n")
    users = sorted(path.name for path in folder.glob("use_*.py"))
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "mypy", "--no-pretty", "--no-error-summary", *users],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        found = _ERROR.match(line)
        if found is not None:
            errors.setdefault(found[1], []).append(found[2])
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield Ground(folder, errors, diffs)
    sys.path.remove(str(folder))
    for name in [
        each for each in sys.modules if each.partition(".")[0] in {p.stem for p in folder.iterdir()}
    ]:
        del sys.modules[name]


def fitted(overlay: str, document: dict[str, Any]) -> str:
    """The overlay as whoever regenerates would correct it: without what the document has no more."""
    order = document["schemas"]["Order"]["properties"]
    if "card" not in order:
        overlay = overlay.replace('"card", ', "")
    if "cash" not in order:
        overlay = overlay.replace('[messages.Order.unions.payment]\nmembers = ["cash"]', "")
    return overlay


def outcome(side: str, proof: Proof) -> object:
    """What the code of a proof gives and sends."""
    package = importlib.import_module("old" if side == "old" else f"new_{proof.name}")
    return given_and_sent(package, importlib.import_module(f"use_{side}_{proof.name}").run, proof)


def given_and_sent(package: Any, use: Callable[[Any], object], proof: Proof) -> object:
    sent: list[object] = []

    def send(request: Request) -> Response:
        sent.append(
            (
                *(request.verb, request.url, request.headers.get("x-goog-api-version")),
                *(request.body, request.scopes, request.safe_to_retry),
            )
        )
        page = {"receipts": [proof.answer]} if request.method_id.endswith(".list") else proof.answer
        return Response(status=200, body=json.dumps(page).encode())

    client = package.Client(transport=FunctionTransport(send), credentials=credentials.anonymous())
    return use(client), sent


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.rule)
def test_what_happens_is_what_the_verdict_says(proof: Proof, ground: Ground) -> None:
    assert f"old_{proof.name}" not in ground.errors, ground.errors[f"old_{proof.name}"]
    before = outcome("old", proof)
    diff = ground.diffs[proof.name]
    assert proof.rule in {change.rule.id for change in diff.changes}
    happened = what_happened(proof, ground, before)
    assert happened is RULES[proof.rule].verdict
    assert max(change.verdict.rank for change in diff.changes) >= happened.rank


def what_happened(proof: Proof, ground: Ground, before: object) -> Verdict:
    if f"new_{proof.name}" in ground.errors:
        return Verdict.TYPES
    try:
        after = outcome("new", proof)
    except Exception:  # noqa: BLE001 - whatever it raises, the old client did not
        return Verdict.RUN
    return Verdict.COMPATIBLE if after == before else Verdict.BEHAVIOUR


@pytest.mark.parametrize("change", PROOFS, ids=lambda proof: proof.rule)
def test_what_the_worst_verdict_rules_out_happens_to_nobody(change: Proof, ground: Ground) -> None:
    """All users' code, with every client whose changes are not worse than breaking at run time."""
    limit = worst(ground.diffs[change.name])
    if limit is Verdict.TYPES:
        return
    assert f"all_{change.name}" not in ground.errors, ground.errors[f"all_{change.name}"]
    package = importlib.import_module(f"new_{change.name}")
    users = importlib.import_module(f"use_all_{change.name}")
    if limit is Verdict.RUN:
        return
    for proof in PROOFS:
        after = given_and_sent(package, getattr(users, f"run_{proof.name}"), proof)
        assert limit is Verdict.BEHAVIOUR or after == outcome("old", proof), proof.rule


def test_rules_of_every_kind_and_verdict_are_proved() -> None:
    proved = [RULES[proof.rule] for proof in PROOFS]
    assert len({rule.id for rule in proved}) == len(PROOFS) >= 60
    assert {rule.verdict for rule in proved} == set(Verdict)

"""Verdicts proved by execution: code written against the old client is checked and run with the new one."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
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
    """What the code gives and sends, or the error that it raises."""
    package = importlib.import_module("old" if side == "old" else f"new_{proof.name}")
    user = importlib.import_module(f"use_{side}_{proof.name}")
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
    return user.run(client), sent


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


def test_rules_of_every_kind_and_verdict_are_proved() -> None:
    proved = [RULES[proof.rule] for proof in PROOFS]
    assert len({rule.id for rule in proved}) == len(PROOFS) >= 60
    assert {rule.verdict for rule in proved} == set(Verdict)

"""Edits that nobody chose: what is judged compatible keeps every name and every request."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from groundwire_codegen.diff import Diff, Given, Verdict, compare, read_sides
from groundwire_codegen.problem import SpecError
from groundwire_contract.contract import load
from groundwire_contract.service import Service

from tests.codegen.diff.edits import Document, edit
from tests.codegen.diff.ground import done_by, every_code, worst, write
from tests.codegen.diff.proofs import PROOFS
from tests.codegen.diff.server import status_of
from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.diff.signatures import Names, names
from tests.codegen.documents import encoded

EXAMPLES: Final = int(os.environ.get("GROUNDWIRE_EDITS", "60"))
WIDENED: Final = {"parameter.value-added", "parameter.widened"}
"""Rules by which an argument's annotation may take more."""
Import = Callable[[Path, str], Any]


@pytest.fixture
def imported() -> Iterator[Import]:
    """Import a package from a folder, for the time of the test."""
    before = [*sys.path], {*sys.modules}

    def find(folder: Path, package: str) -> Any:
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        importlib.import_module(f"{package}.client")
        return importlib.import_module(package)

    yield find
    sys.path[:] = before[0]
    for name in sys.modules.keys() - before[1]:
        if name.startswith(("first", "edited", "users_")):
            del sys.modules[name]


def edited(seed: int) -> Document:
    chance = Random(seed)  # noqa: S311 - chance that repeats is what is wanted
    document = shop()
    for _ in range(chance.randint(1, 3)):
        edit(document, chance)
    return document


def diff_of(document: Document) -> Diff | None:
    """What changed since the shop; None when the document is none that a client can be made of."""
    try:
        sides = read_sides(
            Given(name="old", document=encoded(shop()), overlay=OVERLAY.encode()),
            Given(name="new", document=encoded(document), overlay=OVERLAY.encode()),
        )
    except SpecError:
        return None
    return compare(sides.old, sides.new)


def lost(before: Names, after: Names, *, widened: bool) -> list[str]:
    """Names that are gone or that a checker holds to something else."""
    return [
        name
        for name, said in before.items()
        if name not in after or (said != after[name] and not (widened and "(" in name))
    ]


def test_compatible_edits_keep_names_and_requests(tmp_path: Path, imported: Import) -> None:
    lock = write(tmp_path, "first", shop(), OVERLAY)
    first = imported(tmp_path, "first")
    before = names(first)
    (tmp_path / "users_first.py").write_text(every_code("first"))
    users = importlib.import_module("users_first")
    expected = {proof.name: done_by(getattr(users, f"run_{proof.name}"), first, proof) for proof in PROOFS}
    judged = 0
    for seed in range(EXAMPLES):
        document = edited(seed)
        diff = diff_of(document)
        if diff is None or not diff.changes or worst(diff) is not Verdict.COMPATIBLE:
            continue
        judged += 1
        package = f"edited_{seed}"
        write(tmp_path, package, document, OVERLAY, lock)
        (tmp_path / f"users_{seed}.py").write_text(every_code(package))
        new = imported(tmp_path, package)
        rules = {change.rule.id for change in diff.changes}
        assert lost(before, names(new), widened=bool(rules & WIDENED)) == [], (seed, rules)
        using = importlib.import_module(f"users_{seed}")
        service = Service(load(encoded(document), OVERLAY.encode()))
        for proof in PROOFS:
            after = done_by(getattr(using, f"run_{proof.name}"), new, proof)
            assert after.seen == expected[proof.name].seen, (seed, proof.rule, rules)
            assert status_of(service, after.sent) == 200, (seed, proof.rule, rules)
    assert judged * 5 > EXAMPLES

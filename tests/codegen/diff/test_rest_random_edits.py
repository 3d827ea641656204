"""Edits of an OpenAPI document in pairs that nobody chose: what the worst verdict rules out happens to nobody."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

import pytest
from attrs import frozen
from groundwire_codegen.diff import Given, Verdict, compare, read_sides
from groundwire_codegen.problem import SpecError

from tests.codegen.diff.ground import checked, worst
from tests.codegen.diff.rest import REST_PROOFS
from tests.codegen.diff.rest.ground import done_by, every_code, write
from tests.codegen.diff.rest.shop import shop
from tests.codegen.documents import encoded

EXAMPLES: Final = int(os.environ.get("GROUNDWIRE_EDITS", "60")) // 4
# The answers of the others fit the document that they make alone.
PLAIN: Final = [
    each for each in REST_PROOFS if each.before is None and each.answer is None and not each.overlay
]


@frozen
class Edited:
    """What a checker says of all users' code, by seed, and the worst verdict on the edits."""

    errors: Mapping[str, list[str]]
    limits: Mapping[str, Verdict]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edited]:
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("rest_edits")
    lock = write(folder, "rest", shop(), b"", None)
    (folder / "use_before.py").write_text(every_code("rest"), "utf-8")
    limits: dict[str, Verdict] = {}
    for seed in range(EXAMPLES):
        chance = Random(seed)  # noqa: S311 - chance that repeats is what is wanted
        new = shop()
        try:
            for proof in chance.sample(PLAIN, 2):
                proof.edit(new)
            sides = read_sides(
                Given(name="old", document=encoded(shop())), Given(name="new", document=encoded(new))
            )
            limit = worst(compare(sides.old, sides.new))
            write(folder, f"edited_{seed}", new, b"", lock)
        except (KeyError, StopIteration, SpecError):
            continue  # The second edit needs what the first one took.
        if limit is not Verdict.TYPES:
            limits[f"edited_{seed}"] = limit
            (folder / f"use_edited_{seed}.py").write_text(every_code(f"edited_{seed}"), "utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield Edited(checked(folder), limits)
    sys.path.remove(str(folder))
    written = {path.stem for path in folder.iterdir()}
    for name in [each for each in sys.modules if each.partition(".")[0] in written]:
        del sys.modules[name]


def test_code_is_accepted_unless_a_verdict_says_otherwise(edited: Edited) -> None:
    assert len(edited.limits) > EXAMPLES // 5
    assert {name: found for name, found in edited.errors.items() if name in edited.limits} == {}


def test_calls_do_not_fail_or_differ_unless_a_verdict_says_so(edited: Edited) -> None:
    before = importlib.import_module("use_before")
    for name, limit in edited.limits.items():
        if limit is Verdict.RUN:
            continue
        after = importlib.import_module(f"use_{name}")
        for proof in PLAIN:
            found = done_by(getattr(after, f"run_{proof.name}"), proof)
            if limit is Verdict.COMPATIBLE:
                assert found == done_by(getattr(before, f"run_{proof.name}"), proof), (name, proof.name)

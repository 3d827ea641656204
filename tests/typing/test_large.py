"""mypy and pyright, both strict, know the names and the types of a client that has a module for each schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from groundwire_codegen.emit import emit
from groundwire_codegen.pipeline import generate

from tests.audits.corpus.examine import ruff
from tests.codegen.packages import ROOT, case_inputs

from .test_typing import run

LARGE = ("large_discovery", "large_openapi")
CODE = """\
from collections.abc import Sequence
from typing import assert_type

import large_discovery as kiln
import large_openapi as woods
from large_discovery import FireRequest, Operation
from large_discovery.client import Pots
from large_discovery.messages import Term
from large_openapi import Client, messages


def fire(client: kiln.Client) -> None:
    pots = client.pots
    assert_type(pots, Pots)
    assert_type(pots.kilns.get("kilns/1").pots, Sequence[kiln.Pot])
    assert_type(pots.fire(FireRequest(sum=kiln.Sum(left=Term.Name("x")))), Operation)
    for pot in pots.list(glaze="ASH"):
        assert_type(pot, kiln.Pot)
    assert_type(client.ping(), kiln.Empty)


def read(client: Client) -> None:
    tree = client.trees.get_tree("x")
    assert_type(tree, messages.Tree)
    assert_type(tree.owner, woods.Owner | None)
    assert_type(tree.parts, Sequence[woods.Leaf | woods.Branch | woods.Unrecognized])
    part: woods.Part = woods.Leaf(colour="red")
    client.trees.put_tree("x", woods.Tree(kind=woods.TreeKind.OAK, parts=[part]))
    client.trees.get_tree(1)  # wrong
    client.shrubs  # wrong
    woods.Shrub  # wrong
    messages.Shrub  # wrong
"""
WRONG = {number for number, line in enumerate(CODE.splitlines(), 1) if line.endswith("# wrong")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    for name in LARGE:
        emit(folder / name, generate(case_inputs(ROOT / "tests" / "codegen" / "cases" / name)).files)
    return folder


def test_mypy(folder: Path) -> None:
    pytest.importorskip("mypy")
    assert (
        run("mypy", "--strict", *(word for name in LARGE for word in ("-p", name)), cwd=folder).returncode
        == 0
    )
    (folder / "user.py").write_text(CODE, "utf-8")
    done = run("mypy", "--strict", "--no-error-summary", "--no-pretty", "user.py", cwd=folder)
    errors = [line.split(":") for line in done.stdout.splitlines() if ": error:" in line]
    assert {(error[0], int(error[1])) for error in errors} == {("user.py", line) for line in WRONG}, (
        done.stdout
    )


def test_pyright(folder: Path) -> None:
    pytest.importorskip("pyright")
    (folder / "user.py").write_text(CODE.replace("client.shrubs", "_ = client.shrubs"), "utf-8")
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["."]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    done = run("pyright", "--outputjson", "--pythonpath", sys.executable, cwd=folder)
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright does not run here: {(done.stderr or done.stdout).strip()[-200:]}")
    errors = [each for each in json.loads(done.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    found = {(Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in errors}
    assert found == {("user.py", line) for line in WRONG}, errors


def test_the_linter_finds_nothing(folder: Path) -> None:
    (folder / "user.py").unlink(missing_ok=True)
    assert ruff(folder) == ""

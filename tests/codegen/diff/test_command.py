"""The command: options, exit codes, and an overlay that fits one of two documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded
from tests.codegen.test_cli import run as cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write two documents and an overlay, and compare them."""

    def diff(new: dict[str, Any], *more: str) -> Result:
        (tmp_path / "old.json").write_bytes(encoded(shop()))
        (tmp_path / "new.json").write_bytes(encoded(new))
        (tmp_path / "shop.toml").write_text(OVERLAY)
        files = [str(tmp_path / name) for name in ("old.json", "new.json")]
        return cli("diff", *files, "--overlay", tmp_path / "shop.toml", *more)

    return diff


def without_card() -> dict[str, Any]:
    document = shop()
    del document["schemas"]["Order"]["properties"]["card"]
    return document


def rules(result: Result) -> set[str]:
    return {change["rule"] for change in json.loads(result.stdout)["changes"]}


@pytest.mark.parametrize(
    ("level", "code"),
    [("type-check", 0), ("run-time", 0), ("behaviour", 1), ("compatible", 1), ("never", 0)],
)
def test_the_exit_code_follows_the_level(run: Run, level: str, code: int) -> None:
    document = shop()
    document["resources"]["orders"]["methods"]["get"]["path"] = "v2/{+name}"
    assert run(document, "--fail-on", level).exit_code == code
    assert run(shop(), "--fail-on", level).exit_code == 0


def test_an_overlay_of_the_old_document_is_no_error_for_the_new_one(run: Run) -> None:
    result = run(without_card(), "--format", "json")
    assert result.exit_code == 1
    assert rules(result) == {"union.left"}
    document = without_card()
    del document["schemas"]["Card"]
    assert rules(run(document, "--format", "json")) == {"union.left", "message.removed"}


@pytest.mark.parametrize("form", ["terminal", "json", "github"])
def test_a_rule_that_does_not_fit_new_is_a_note_beside_the_diff(run: Run, form: str) -> None:
    document = shop()
    del document["schemas"]["Order"]["properties"]["tile"]
    result = run(document, "--format", form)
    assert result.exit_code == 1
    assert "tile" in result.stdout
    lines = result.stderr.splitlines()
    assert all(
        line.startswith("note: NEW needs another overlay: overlay#/messages/Order/fields/") for line in lines
    )
    assert {line.split(": ")[2].partition("/fields/")[2] for line in lines} == {"size/multiple_of", "tile"}
    assert run(shop(), "--format", form).stderr == ""


def test_a_type_that_a_rule_does_not_fit_is_a_change_and_no_error(run: Run) -> None:
    document = shop()
    document["schemas"]["Order"]["properties"]["copies"] = {"type": "string"}
    result = run(document, "--format", "json")
    assert result.exit_code == 1
    assert "field.type" in rules(result)


def test_only_what_the_wanted_methods_reach_is_compared(run: Run) -> None:
    assert run(without_card(), "--methods", "shop.orders.get", "shop.orders.list").exit_code == 0
    assert run(without_card(), "--methods", "shop.orders.create").exit_code == 1
    assert run(without_card(), "--methods", "shop.orders.get", "--all").exit_code == 1


def test_a_method_that_only_one_side_has_can_be_named(run: Run) -> None:
    document = shop()
    del document["resources"]["orders"]["methods"]["move"]
    result = run(document, "--methods", "shop.orders.move", "--format", "json")
    assert "method.removed" in rules(result)
    bad = run(document, "--methods", "shop.orders.nope")
    assert bad.exit_code == 2
    assert "neither document has a method 'shop.orders.nope'" in bad.stderr


@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json", "github"])
def test_every_form_is_written_to_a_file(run: Run, tmp_path: Path, form: str) -> None:
    out = tmp_path / "reports" / "diff.txt"
    result = run(without_card(), "--format", form, "--out", str(out))
    assert (result.exit_code, result.stdout) == (1, "")
    assert {"Order", "card"} <= {*re.findall("[A-Za-z]+", out.read_text("utf-8"))}
    assert [path.name for path in out.parent.iterdir()] == ["diff.txt"]


def test_bad_inputs_exit_with_2(run: Run, tmp_path: Path) -> None:
    assert run({"kind": "something"}).exit_code == 2
    missing = cli("diff", tmp_path / "no", tmp_path / "no")
    assert missing.exit_code == 2
    assert run(shop(), "--lock", str(tmp_path / "shop.toml")).exit_code == 2


def test_versions_of_an_openapi_document_are_named(tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        document = {"openapi": "3.1.0", "info": {"title": "Huts & Maps", "version": version}, "paths": {}}
        (tmp_path / version).write_text(json.dumps(document))
    result = cli("diff", tmp_path / "1.0", tmp_path / "2.0")
    assert (result.exit_code, result.stdout) == (0, "huts-maps 1.0 -> huts-maps 2.0: no change\n")

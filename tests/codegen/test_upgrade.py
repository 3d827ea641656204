"""`upgrade`: a new document, its client and a line of the changelog take their places together, or nothing does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.problem import SpecError
from groundwire_codegen.upgrade import with_entry

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import Shop
from tests.codegen.test_emit import tree

HEAD = "# Changelog\n\n## [Unreleased]\n"
LINE = "- `bookshop` follows revision 20260202 of the description, after 20260101: 1 names joined, 1 went, 0 moved."


class Upgrade:
    """A shop with a client, a changelog, and a new document beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shop = Shop(folder)
        self.changelog = folder / "CHANGELOG.md"
        self.changelog.write_text(f"{HEAD}\n## [1.0]\n")
        self.overlay = folder / "bookshop.toml"
        self.overlay.write_text('[messages.Book.fields.name]\ndoc = "Its title."\n')
        self.new = folder / "new.json"
        self.write(renamed())
        self.shop.run("generate", "--overlay", str(self.overlay))

    def write(self, document: dict[str, Any]) -> None:
        self.new.write_bytes(encoded(document))

    def run(self, *more: str) -> Result:
        options = ("--overlay", str(self.overlay), "--new", str(self.new), "--changelog", str(self.changelog))
        return self.shop.run("upgrade", *options, *more)


def renamed() -> dict[str, Any]:
    document = bookshop()
    properties = document["schemas"]["Book"]["properties"]
    properties["leaves"] = properties.pop("pages")
    return {**document, "revision": "20260202"}


@pytest.fixture
def upgrade(tmp_path: Path) -> Upgrade:
    return Upgrade(tmp_path)


def test_an_upgrade_changes_all_together(upgrade: Upgrade) -> None:
    done = upgrade.run()
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == f"changed {upgrade.shop.out / 'provenance.py'}"
    assert "warning: groundwire.lock#/names/field:Book.pages: pages is gone" in done.stderr
    assert upgrade.shop.spec.read_bytes() == upgrade.new.read_bytes()
    assert upgrade.changelog.read_text() == f"{HEAD}\n### Changed\n\n{LINE}\n\n## [1.0]\n"
    assert upgrade.shop.run("check", "--overlay", str(upgrade.overlay)).output == ""
    assert [path.name for path in upgrade.folder.iterdir() if path.name.startswith(".")] == []


def test_drift_is_reported_and_strict_refuses_it(upgrade: Upgrade) -> None:
    document = renamed()
    document["schemas"]["Book"]["properties"]["name"]["description"] = "Its ISBN."
    upgrade.write(document)
    before = tree(upgrade.folder)
    refused = upgrade.run("--strict")
    assert refused.exit_code == 2
    assert (
        "/messages/Book/fields/name: the document changed its description under this rule" in refused.stderr
    )
    assert tree(upgrade.folder) == before
    done = upgrade.run()
    assert (done.exit_code, 'reviewed = "20260202"' in done.stderr) == (0, True)


PROBLEMS = ["document", "changelog", "bytes", "heading", "in the way", "no client"]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_on_any_problem_nothing_changes(upgrade: Upgrade, problem: str) -> None:
    if problem == "document":
        upgrade.write({**renamed(), "schemas": {}})
    elif problem == "changelog":
        upgrade.changelog.unlink()
    elif problem == "bytes":
        upgrade.changelog.write_bytes(b"\xff")
    elif problem == "heading":
        upgrade.changelog.write_text("# Changes\n")
    elif problem == "in the way":
        (upgrade.shop.out / "messages.py").unlink()
        (upgrade.shop.out / "messages.py").mkdir()
    else:
        (upgrade.shop.out / "groundwire.lock").unlink()
    before = tree(upgrade.folder)
    done = upgrade.run()
    assert (done.exit_code, "nothing was written" in done.stderr) == (2, True)
    assert tree(upgrade.folder) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f"{HEAD}\n### Changed\n\n- x\n"),
        (f"{HEAD}\n## [1]\n", f"{HEAD}\n### Changed\n\n- x\n\n## [1]\n"),
        (f"{HEAD}\n### Added\n\n- a\n", f"{HEAD}\n### Added\n\n- a\n\n### Changed\n\n- x\n"),
        (
            f"{HEAD}\n### Added\n\n- a\n\n## [1]\n",
            f"{HEAD}\n### Added\n\n- a\n\n### Changed\n\n- x\n\n## [1]\n",
        ),
        (f"{HEAD}\n### Changed\n\n- a\n\n## [1]\n", f"{HEAD}\n### Changed\n\n- x\n- a\n\n## [1]\n"),
        (f"{HEAD}\n## [1]\n\n### Changed\n", f"{HEAD}\n### Changed\n\n- x\n\n## [1]\n\n### Changed\n"),
        (f"{HEAD}\n### Changed\n\n- a\n- x\n", f"{HEAD}\n### Changed\n\n- a\n- x\n"),
    ],
)
def test_an_entry_stands_under_changed_once(before: str, after: str) -> None:
    assert with_entry(before, "- x", "CHANGELOG.md") == after
    assert with_entry(after, "- x", "CHANGELOG.md") == after


def test_a_changelog_without_the_heading_is_refused() -> None:
    with pytest.raises(SpecError, match="no heading"):
        with_entry("# Changelog\n", "- x", "CHANGELOG.md")

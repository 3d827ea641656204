"""`upgrade`: a new document, its client and an entry of the changelog take their places together, or nothing does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.callers import Finding
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.fetch.sidecar import Sidecar, path_of
from groundwire_codegen.lock import file_digest
from groundwire_codegen.problem import Problem, SpecError
from groundwire_codegen.upgrade.changelog import MAX_LINES, entry, with_entry
from groundwire_codegen.upgrade.plan import plan
from groundwire_codegen.upgrade.report import report_text

from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import inputs
from tests.codegen.test_cli import Shop, run
from tests.codegen.test_emit import tree
from tests.runtime.wire.authority import authority
from tests.runtime.wire.reply import plain
from tests.runtime.wire.server import Wire

HEAD = "# Changelog\n\n## [Unreleased]\n"
ENTRY = """\
- `bookshop` follows revision 20260202 of the description, after 20260101: 1 breaking at type-check time.
  - renamed: field `Book.leaves`, `pages` to `leaves` (breaking at type-check time)
"""
TAG = '"v1-abc"'


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
        return self.bring("--new", str(self.new), "--changelog", str(self.changelog), *more)

    def bring(self, *more: str) -> Result:
        return self.shop.run("upgrade", "--overlay", str(self.overlay), *more)


def renamed() -> dict[str, Any]:
    document = bookshop()
    properties = document["schemas"]["Book"]["properties"]
    properties["leaves"] = properties.pop("pages")
    return {**document, "revision": "20260202"}


@pytest.fixture
def upgrade(tmp_path: Path) -> Upgrade:
    return Upgrade(tmp_path)


def test_an_upgrade_shows_what_changed_and_changes_all_together(upgrade: Upgrade) -> None:
    done = upgrade.run()
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "bookshop:v1 20260101 -> bookshop:v1 20260202: 1 breaking at type-check time"
    changed = [line for line in lines if line.startswith("changed ")]
    assert changed[:2] == [f"changed {upgrade.changelog}", f"changed {upgrade.shop.spec}"]
    assert lines[-1] == changed[-1] == f"changed {upgrade.shop.out / 'provenance.py'}"
    assert "warning: groundwire.lock#/names/field:Book.pages: pages is gone" in done.stderr
    assert upgrade.shop.spec.read_bytes() == normal(upgrade.new.read_bytes(), "new", prose=True)
    assert upgrade.changelog.read_text() == f"{HEAD}\n### Changed\n\n{ENTRY}\n## [1.0]\n"
    assert upgrade.shop.run("check", "--overlay", str(upgrade.overlay)).output == ""
    assert [path.name for path in upgrade.folder.iterdir() if path.name.startswith(".")] == []
    before = tree(upgrade.folder)
    again = upgrade.run()
    assert again.stdout == f"{upgrade.shop.spec} and {upgrade.shop.out} are up to date\n"
    assert (again.exit_code, tree(upgrade.folder)) == (0, before)


def test_a_run_that_was_killed_before_the_document_ends_in_the_same(upgrade: Upgrade) -> None:
    old = upgrade.shop.spec.read_bytes()
    upgrade.run()
    after = tree(upgrade.folder)
    upgrade.shop.spec.write_bytes(old)
    assert upgrade.run().exit_code == 0
    assert tree(upgrade.folder) == after


def test_a_new_overlay_is_taken_with_the_document_that_is_here(upgrade: Upgrade) -> None:
    upgrade.new.write_bytes(upgrade.shop.spec.read_bytes())
    upgrade.run()
    changelog = upgrade.changelog.read_bytes()
    upgrade.overlay.write_text('[messages.Book.fields.name]\ndoc = "What it is called."\n')
    done = upgrade.run()
    assert done.stdout.splitlines() == [
        f"changed {upgrade.shop.out / name}" for name in ("groundwire.lock", "messages.py")
    ]
    assert upgrade.changelog.read_bytes() == changelog


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
    report = upgrade.folder / "report.md"
    done = upgrade.run("--report", str(report))
    assert (done.exit_code, 'reviewed = "20260202"' in done.stderr) == (0, True)
    assert "### Asks for a decision" in report.read_text()
    assert 'reviewed = "20260202"' in report.read_text()


PROBLEMS = ["document", "changelog", "bytes", "heading", "in the way", "no client", "rule", "report"]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_on_any_problem_nothing_changes(upgrade: Upgrade, problem: str) -> None:
    more: tuple[str, ...] = ()
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
    elif problem == "rule":
        document = renamed()
        del document["schemas"]["Book"]["properties"]["name"]
        upgrade.write(document)
    elif problem == "report":
        more = ("--report", "report.txt")
    else:
        (upgrade.shop.out / "groundwire.lock").unlink()
    before = tree(upgrade.folder)
    done = upgrade.run(*more)
    code = 3 if problem == "in the way" else 2
    assert (done.exit_code, "nothing was written" in done.stderr) == (code, True)
    assert tree(upgrade.folder) == before


def test_reports_are_written_also_when_the_client_cannot_be(upgrade: Upgrade) -> None:
    document = renamed()
    del document["schemas"]["Book"]["properties"]["name"]
    upgrade.write(document)
    reports = [upgrade.folder / f"report.{suffix}" for suffix in ("md", "html", "json")]
    done = upgrade.run(*(word for path in reports for word in ("--report", str(path))))
    assert done.exit_code == 2
    markdown, page, report = (path.read_text() for path in reports)
    assert "### Asks for a decision" in markdown
    assert "matches no property" in markdown or "Book" in markdown.partition("### Asks")[2]
    assert page.lower().startswith("<!doctype html>")
    assert json.loads(report)["counts"]["types"] == 2


@pytest.mark.parametrize(
    ("level", "code"), [("never", 0), ("type-check", 1), ("run-time", 1), ("compatible", 1)]
)
def test_a_gate_keeps_what_is_here(upgrade: Upgrade, level: str, code: int) -> None:
    before = tree(upgrade.folder)
    done = upgrade.run("--fail-on", level)
    assert done.exit_code == code
    assert (tree(upgrade.folder) == before) == (code == 1)
    assert ("refused by --fail-on" in done.stderr) == (code == 1)


def test_a_gate_on_callers_needs_them(upgrade: Upgrade) -> None:
    done = upgrade.run("--fail-on", "callers")
    assert (done.exit_code, "--against PATH" in done.stderr) == (2, True)


def test_one_source_is_named(upgrade: Upgrade) -> None:
    done = upgrade.run("--installed")
    assert (done.exit_code, "options#/new: goes without --installed" in done.stderr) == (2, True)


def test_an_older_revision_stays_out(upgrade: Upgrade) -> None:
    upgrade.write({**renamed(), "revision": "20251231"})
    before = tree(upgrade.folder)
    kept = upgrade.run()
    assert kept.stdout == (
        f"{upgrade.shop.spec} stays: revision 20251231, which came, is older than 20260101 (--older takes it)\n"
    )
    assert (kept.exit_code, tree(upgrade.folder)) == (0, before)
    assert upgrade.run("--older").exit_code == 0
    assert json.loads(upgrade.shop.spec.read_bytes())["revision"] == "20251231"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server that speaks TLS as localhost."""
    with Wire(tls=authority().server()) as server:
        yield server


def test_it_comes_from_where_it_was_fetched(
    upgrade: Upgrade, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = upgrade.folder / "authority.pem"
    pem.write_text(authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    here = ("--allow-host", "localhost")
    url = f"https://localhost:{wire.port}/doc.json"
    wire.answers = [
        plain(encoded(bookshop()), etag=TAG),
        plain(b"", "304 Not Modified", etag=TAG),
        plain(encoded(renamed()), etag='"v2"'),
        plain(b"", "500 Internal Server Error"),
    ]
    assert run("fetch", url, "--prose", "--out", str(upgrade.shop.spec), *here).exit_code == 0
    upgrade.shop.run("generate", "--overlay", str(upgrade.overlay), *here)
    same = upgrade.bring(*here)
    assert same.stdout == f"{upgrade.shop.spec} and {upgrade.shop.out} are up to date\n"
    assert upgrade.bring(*here).exit_code == 0
    assert json.loads(upgrade.shop.spec.read_bytes())["revision"] == "20260202"
    before = tree(upgrade.folder)
    refused = upgrade.bring(*here)
    assert (refused.exit_code, "answered with 500" in refused.stderr) == (2, True)
    assert tree(upgrade.folder) == before
    assert wire.paths == ["/doc.json"] * 4
    assert [wire.header("if-none-match", index) for index in range(4)] == [None, TAG, TAG, '"v2"']


def test_an_address_that_only_the_sidecar_names_is_not_asked(
    upgrade: Upgrade, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request can hold a sidecar, and strangers can put files below Google's domain."""
    pem = upgrade.folder / "authority.pem"
    pem.write_text(authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    wire.answers = [plain(encoded({**renamed(), "id": "other:v1"}))]
    before = tree(upgrade.folder)
    for url in (
        f"https://localhost:{wire.port}/doc.json",
        "https://storage.googleapis.com/bucket/doc.json",
        "https://drive.googleapis.com/$discovery/rest?version=v3",
    ):
        beside = Sidecar(url=url, etag=TAG, sha256=file_digest(upgrade.shop.spec.read_bytes()), prose=True)
        path_of(upgrade.shop.spec).write_bytes(beside.text())
        refused = upgrade.bring()
        words = "an address that only the sidecar names, not that of bookshop:v1"
        assert (refused.exit_code, words in refused.stderr) == (2, True)
    assert wire.requests == []
    path_of(upgrade.shop.spec).write_bytes(
        Sidecar(
            url=f"https://localhost:{wire.port}/doc.json",
            etag=TAG,
            sha256=file_digest(upgrade.shop.spec.read_bytes()),
            prose=True,
        ).text()
    )
    another = upgrade.bring("--allow-host", "localhost")
    assert (another.exit_code, "#/id: 'other:v1' is not 'bookshop:v1'" in another.stderr) == (2, True)
    assert len(wire.requests) == 1
    path_of(upgrade.shop.spec).unlink()
    assert tree(upgrade.folder) == {**before}


def test_the_id_of_what_comes_is_checked_wherever_it_comes_from(upgrade: Upgrade) -> None:
    upgrade.write({**renamed(), "id": "bookshop:v2"})
    before = tree(upgrade.folder)
    refused = upgrade.run()
    assert (refused.exit_code, "#/id: 'bookshop:v2' is not 'bookshop:v1'" in refused.stderr) == (2, True)
    assert tree(upgrade.folder) == before


@pytest.mark.parametrize(
    "name", ["bookshop.json", "bookshop.json.etag", "CHANGELOG.md", "bookshop", "report.md"]
)
def test_nothing_is_written_through_a_link(
    upgrade: Upgrade, wire: Wire, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pem = upgrade.folder / "authority.pem"
    pem.write_text(authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    wire.answers = [plain(encoded(renamed()), etag='"v2"')]
    place, victim = upgrade.folder / name, upgrade.folder / "elsewhere" / name
    victim.parent.mkdir()
    if place.exists():
        place.rename(victim)
    else:
        victim.write_text("precious")
    place.symlink_to(victim, target_is_directory=victim.is_dir())
    before = tree(upgrade.folder)
    new = ("--new", f"https://localhost:{wire.port}/doc.json", "--allow-host", "localhost")
    more = ("--changelog", str(upgrade.changelog), "--report", str(upgrade.folder / "report.md"))
    done = upgrade.bring(*new, *more)
    assert (done.exit_code, "a link: nothing is written through it" in done.stderr) == (2, True)
    after = tree(upgrade.folder)
    after.pop("report.md", None)
    before.pop("report.md", None)
    assert after == before


def test_it_comes_by_the_name_that_the_document_gives(tmp_path: Path) -> None:
    client = pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    shipped = Path(client.__path__[0]) / "discovery_cache" / "documents" / "oauth2.v2.json"
    spec, out = tmp_path / "oauth2.json", tmp_path / "oauth2"
    old = {**json.loads(shipped.read_bytes()), "revision": "20000101"}
    spec.write_bytes(normal(encoded(old), "old", prose=False))
    assert run("generate", str(spec), "--out", str(out)).exit_code == 0
    done = run("upgrade", str(spec), "--out", str(out), "--installed")
    assert done.exit_code == 0
    assert spec.read_bytes() == normal(shipped.read_bytes(), "new", prose=False)
    assert done.stdout.splitlines()[1:] == [
        f"changed {path}" for path in (spec, out / "groundwire.lock", out / "provenance.py")
    ]


def test_another_api_that_is_fetched_is_refused(upgrade: Upgrade) -> None:
    upgrade.shop.write({**bookshop(), "name": "nobody", "id": "nobody:v1"})
    pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    done = upgrade.bring("--installed")
    assert (done.exit_code, "has no nobody v1" in done.stderr) == (2, True)
    upgrade.shop.write({key: value for key, value in bookshop().items() if key != "name"})
    nameless = upgrade.bring("--installed")
    assert (nameless.exit_code, "say from where: --new" in nameless.stderr) == (2, True)


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
def test_an_entry_stands_under_changed_once(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "CHANGELOG.md"
    for text in (before, after):
        path.write_text(text, newline="")
        assert with_entry(path, ["- x"]).decode() == after


def test_a_changelog_without_the_heading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_text("# Changelog\n")
    with pytest.raises(SpecError, match="no heading"):
        with_entry(path, ["- x"])


def test_a_report_fits_into_a_pull_request(upgrade: Upgrade) -> None:
    document = bookshop()
    document["schemas"]["Author"]["properties"] |= {
        f"{'long' * 20}{number}": {"type": "string"} for number in range(2_000)
    }
    diff = plan(inputs(document), upgrade.shop.out, encoded(renamed())).diff
    problems = [Problem("overlay", f"/{number}", "m" * 900, "h" * 900) for number in range(500)]
    findings = [Finding("app.py", number, 1, "attr-defined", "m" * 500) for number in range(500)]
    text = report_text(Path("report.md"), diff, problems, findings)
    assert len(text) < 65_536
    assert text.count("more are not shown") == 3
    assert "### Your code (500)" in text


def test_an_entry_lists_what_breaks_and_says_how_much_more(upgrade: Upgrade) -> None:
    document = bookshop()
    for number in range(MAX_LINES):
        document["schemas"]["Author"]["properties"][f"kept{number}"] = {"type": "string"}
    lines = entry(plan(inputs(document), upgrade.shop.out, encoded(renamed())))
    assert len(lines) == MAX_LINES + 2
    assert lines[-1].endswith("more of the kind")
    assert all(line.startswith("  - ") and "`" in line for line in lines[1:-1])

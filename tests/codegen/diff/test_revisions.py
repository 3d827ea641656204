"""The diff of real revisions is what really changed, and diffs of a chain add up."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from groundwire_codegen.diff import Change, Diff, Given, Kind, Verdict, compare, read_sides
from groundwire_codegen.ir import Api
from groundwire_codegen.lock import FILE, read_lock
from groundwire_codegen.reader import read_api, read_lowered

from tests.codegen.diff.facts import Facts, facts
from tests.codegen.documents import encoded
from tests.codegen.packages import ROOT
from tests.codegen.test_cli import run

FOLDER = Path(os.environ.get("GROUNDWIRE_VECTORS", "")) / "spec" / "revisions"
REVISIONS = sorted(FOLDER.glob("earthengine.v1.*.json")) if "GROUNDWIRE_VECTORS" in os.environ else []
INSIDE = {"message": "field", "enum": "value", "method": "parameter"}
pytestmark = pytest.mark.filterwarnings("error")
real = pytest.mark.skipif(not REVISIONS, reason="GROUNDWIRE_VECTORS names no folder with revisions")
Places = Counter[tuple[str, str]]


def diff_of(old: Path, new: Path) -> Diff:
    sides = read_sides(
        Given(name=old.name, document=old.read_bytes()), Given(name=new.name, document=new.read_bytes())
    )
    return compare(sides.old, sides.new)


@cache
def api(path: Path) -> Api:
    return read_api(path.read_bytes())


@cache
def said(path: Path) -> Facts:
    return facts(json.loads(path.read_bytes()))


def come_and_gone(diff: Diff) -> tuple[Places, Places]:
    """Every place that came, and every one that went, those inside another included."""
    come: Places = Counter()
    gone: Places = Counter()
    for change in diff.changes:
        place = change.place
        here = (place.subject, place.path)
        inside = [(INSIDE[place.subject], f"{place.path}.{name}") for name in change.contains]
        if change.kind is Kind.RENAMED:
            come[here] += 1
            gone[place.subject, _before(change)] += 1
        elif change.kind in (Kind.ADDED, Kind.JOINED):
            come.update([here, *inside])
        elif change.kind in (Kind.REMOVED, Kind.LEFT):
            gone.update([here, *inside])
    return come, gone


def _before(change: Change) -> str:
    """The place that a renamed thing had."""
    return f"{change.place.path.rpartition('.')[0]}.{change.old}"


@real
def test_consecutive_revisions_differ_as_their_json_does() -> None:
    assert len(REVISIONS) == 20
    for old, new in pairwise(REVISIONS):
        before, after = said(old), said(new)
        diff = diff_of(old, new)
        come, gone = come_and_gone(diff)
        assert come == Counter(after.keys() - before.keys()), new.name
        assert gone == Counter(before.keys() - after.keys()), new.name
        moved = {(change.place.subject, change.place.path) for change in diff.changes}
        differ = {place for place in before.keys() & after.keys() if before[place] != after[place]}
        assert differ == moved - come.keys() - gone.keys(), new.name


@real
def test_all_pairs_of_revisions_compose() -> None:
    steps = [come_and_gone(compare(api(old), api(new))) for old, new in pairwise(REVISIONS)]
    pairs = list(combinations(range(len(REVISIONS)), 2))
    assert len(pairs) == 190
    for first, last in pairs:
        come, gone = come_and_gone(compare(api(REVISIONS[first]), api(REVISIONS[last])))
        total: Places = Counter()
        for more, less in steps[first:last]:
            total.update(more)
            total.subtract(less)
        come.subtract(gone)
        assert {key: n for key, n in come.items() if n} == {key: n for key, n in total.items() if n}


@real
def test_every_revision_against_itself_is_no_change() -> None:
    for path in REVISIONS:
        assert diff_of(path, path).changes == ()


def test_two_documents_of_110_kilobytes_take_less_than_a_second() -> None:
    path = ROOT / "spec" / "earthengine.v1beta.json"
    document = json.loads(path.read_bytes())
    document["schemas"]["Expression"]["properties"].pop("result")
    overlay = (ROOT / "spec" / "earthengine.v1beta.overlay.toml").read_bytes()
    new = encoded(document)
    assert len(new) > 60_000
    start = time.process_time()
    sides = read_sides(
        Given(name="old", document=path.read_bytes(), overlay=overlay),
        Given(name="new", document=new, overlay=overlay),
        every_method=True,
    )
    diff = compare(sides.old, sides.new)
    assert time.process_time() - start < 1
    assert [change.place.path for change in diff.changes if change.rule.id == "field.removed"] == [
        "Expression.result"
    ]
    assert diff.reaches(Verdict.TYPES)


@real
def test_a_client_follows_every_revision(tmp_path: Path) -> None:
    spec, out, changelog = (tmp_path / name for name in ("spec.json", "earth", "CHANGELOG.md"))
    spec.write_bytes(REVISIONS[0].read_bytes())
    changelog.write_text("# Changelog\n\n## [Unreleased]\n")
    given = (str(spec), "--out", str(out))
    assert run("generate", *given).exit_code == 0
    for revision in REVISIONS[1:]:
        done = run("upgrade", *given, "--new", str(revision), "--changelog", str(changelog))
        assert done.exit_code == 0, done.output
        assert run("check", *given).output == ""
    assert run("check", *given, "--full").output == ""
    entries = [line for line in changelog.read_text().splitlines() if line.startswith("- ")]
    assert len(entries) == len(REVISIONS) - 1
    published = read_lock((out / FILE).read_text()).names
    kept = read_lowered(spec.read_bytes(), published=published).published
    assert published == kept

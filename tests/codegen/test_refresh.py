"""A spec change is a small diff: what did not change keeps every byte, and `check` says what moved."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire_codegen.lock import FILE
from groundwire_codegen.pipeline import Output, generate

from tests.codegen.documents import bookshop
from tests.codegen.packages import earth_engine
from tests.codegen.test_cli import Shop, shop

__all__ = ["shop"]


FIRST = generate(earth_engine())


def grown(change: Mapping[str, Any], *, revision: str | None = None) -> Output:
    """What generating gives when fields join messages of Earth Engine's document, or its revision moves."""
    inputs = earth_engine()
    document = json.loads(inputs.document)
    document["revision"] = revision or document["revision"]
    for message, properties in change.items():
        document["schemas"][message]["properties"].update(properties)
    return generate(evolve(inputs, document=json.dumps(document).encode()), FIRST.lock)


def changes(after: Output) -> dict[str, list[str]]:
    """The lines that differ, by file."""
    lines = {
        path: [
            line
            for line in difflib.unified_diff(
                FIRST.files.get(path, "").splitlines(), text.splitlines(), lineterm="", n=0
            )
            if not line.startswith(("---", "+++", "@@"))
        ]
        for path, text in after.files.items()
    }
    return {path: found for path, found in lines.items() if found}


def test_a_refresh_of_the_revision_changes_one_line_and_the_lock() -> None:
    changed = changes(grown({}, revision="20991231"))
    lock = changed.pop(FILE)
    assert changed == {"provenance.py": ['-REVISION: Final = "20250724"', '+REVISION: Final = "20991231"']}
    keys = [line.split('"')[1] for line in lock if line.startswith("+")]
    assert keys == ["revision", "document", "provenance.py"]


def test_a_field_that_joins_touches_its_message_its_codec_and_its_docs() -> None:
    after = grown({"DriveDestination": {"shortcut": {"type": "string", "description": "A link."}}})
    changed = changes(after)
    lock = changed.pop(FILE)
    assert changed.keys() == {"messages.py", "codecs.py"}
    assert changed["messages.py"] == ["+    shortcut: str | None = None", '+    """A link."""', "+"]
    assert changed["codecs.py"] == ['+            Field("shortcut", STRING),']
    keys = [line.split('"')[1] for line in lock if line.startswith("+")]
    assert keys == ["document", "codecs.py", "messages.py", "field:DriveDestination.shortcut"]


def overlaid(shop: Shop, text: str) -> tuple[str, str]:
    path = shop.spec.with_suffix(".toml")
    path.write_text(text)
    return "--overlay", str(path)


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ("document", "moved: document"),
        ("overlay", "moved: overlay"),
        ("options", "moved: options"),
    ],
)
def test_check_names_what_moved(shop: Shop, change: str, moved: str) -> None:
    overlay = overlaid(shop, '[messages.Book]\ndoc = "One."\n')
    shop.run("generate", *overlay)
    if change == "document":
        shop.write({**bookshop(), "revision": "20260202"})
    elif change == "overlay":
        overlaid(shop, '[messages.Book]\ndoc = "Two."\n')
    more = ("--package", "other") if change == "options" else ()
    result = shop.run("check", *overlay, *more)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, moved)
    assert result.stdout.count("moved: ") == 1
    assert "edited by hand" not in result.stdout


def test_check_names_another_generator(shop: Shop) -> None:
    shop.run("generate")
    lock = json.loads((shop.out / FILE).read_text())
    lock["inputs"]["generator"] = "0" * 64
    (shop.out / FILE).write_text(json.dumps(lock))
    result = shop.run("check")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, "moved: generator")


def test_check_names_the_file_and_the_line_of_an_edit(shop: Shop) -> None:
    shop.run("generate")
    path = shop.out / "messages.py"
    text = path.read_text()
    number = text.splitlines().index('    """Its name."""') + 1
    path.write_text(text.replace('"""Its name."""', '"""My name."""'))
    (shop.out / "py.typed").unlink()
    result = shop.run("check")
    assert result.stdout.splitlines()[:2] == [
        f"edited by hand: bookshop/messages.py, line {number}",
        "gone: bookshop/py.typed",
    ]
    # When the document moves too, the edit is still told from what the document changed.
    shop.write({**bookshop(), "revision": "20260202"})
    result = shop.run("check")
    assert result.stdout.splitlines()[:2] == [
        "moved: document",
        f"edited by hand: bookshop/messages.py, line {number}",
    ]


def test_drift_is_a_warning_and_strict_refuses_it(shop: Shop) -> None:
    overlay = overlaid(shop, '[messages.Book.fields.pages]\ndoc = "Leaves."\nmaximum = 9\n')
    shop.run("generate", *overlay)
    document = bookshop()
    document["schemas"]["Book"]["properties"]["pages"] = {"type": "string", "format": "int64"}
    shop.write(document)
    before = shop.files()
    refused = shop.run("generate", "--strict", *overlay)
    assert refused.exit_code == 2
    words = "overlay#/messages/Book/fields/pages: the document changed its type (integer/int32 by then, string/int64 now)"
    assert words in refused.stderr
    assert "1 problem(s); nothing was written." in refused.stderr
    assert shop.files() == before
    generated = shop.run("generate", *overlay)
    assert (generated.exit_code, f"warning: {words}" in generated.stderr) == (0, True)
    checked = shop.run("check", *overlay)
    assert (checked.exit_code, checked.stdout, f"warning: {words}" in checked.stderr) == (0, "", True)
    assert shop.run("check", "--strict", *overlay).exit_code == 2
    stub = "[messages.Book.fields.pages]\n    reviewed = "
    assert stub in checked.stderr
    overlaid(shop, '[messages.Book.fields.pages]\nreviewed = "20260101"\ndoc = "Leaves."\nmaximum = 9\n')
    settled = shop.run("generate", "--strict", *overlay)
    assert (settled.exit_code, settled.stderr) == (0, "")
    assert shop.run("check", "--strict", *overlay).output == ""
    assert Path(shop.out / FILE).read_text().count(" -> ") == 0

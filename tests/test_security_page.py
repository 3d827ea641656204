"""Each sentence of docs/security.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
ROWS = re.findall(
    r"^\| (?!what holds|---)(.+) \| (.+) \|$", (DOCS / "security.md").read_text("utf-8"), re.MULTILINE
)


def test_every_sentence_names_tests_that_are_there() -> None:
    assert len(ROWS) > 25
    for sentence, tests in ROWS:
        links = re.findall(r"\[(test_\w+)\]\(([\w./]+)\)", tests)
        assert links, sentence
        for name, path in links:
            assert f"\ndef {name}(" in (DOCS / path).read_text("utf-8"), f"{sentence}: {path} has no {name}"

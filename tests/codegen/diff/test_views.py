"""A diff as text: what each form holds, and that no text of a document becomes markup, a command or a script."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest
from groundwire_codegen.diff import RULES, Diff, Given, compare, read_sides
from groundwire_codegen.diff.views.github import workflow_commands
from groundwire_codegen.diff.views.markdown import markdown
from groundwire_codegen.diff.views.page import page
from groundwire_codegen.diff.views.report import report
from groundwire_codegen.diff.views.terminal import terminal

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded
from tests.codegen.packages import ROOT

HOSTILE = "</script><script>alert(1)</script>`|\n::error::x\x1b[31m\u202e'\"><img src=x onerror=alert(1)>"


def diff_of(old: dict[str, Any], new: dict[str, Any]) -> Diff:
    overlay = OVERLAY.encode()
    sides = read_sides(
        Given(name="old", document=encoded(old), overlay=overlay),
        Given(name="new", document=encoded(new), overlay=overlay),
    )
    return compare(sides.old, sides.new)


def changed() -> dict[str, Any]:
    document = shop()
    properties = document["schemas"]["Receipt"]["properties"]
    properties["state"]["enum"].append(HOSTILE)
    properties["gift"] = {"type": "string", "description": HOSTILE, "pattern": HOSTILE}
    document["schemas"]["Order"]["properties"].pop("note")
    document["schemas"]["Order"]["properties"]["book"]["default"] = HOSTILE
    document["revision"] = HOSTILE
    return document


@pytest.fixture(scope="module")
def diff() -> Diff:
    return diff_of(shop(), changed())


class Page(HTMLParser):
    """Counts what a browser would make of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_stands_alone_and_escapes_everything(diff: Diff) -> None:
    text = page(diff)
    parsed = Page()
    parsed.feed(text)
    assert parsed.tags.count("script") == parsed.tags.count("style") == 1
    assert not {"img", "link", "iframe", "object"} & {*parsed.tags}
    names = {name for name, _ in parsed.attributes}
    assert not {name for name in names if name.startswith("on")} | {"src", "style"} & names
    links = [value or "" for name, value in parsed.attributes if name == "href"]
    assert links
    assert all(re.fullmatch("#m-[0-9a-f]{12}", link) for link in links)
    ids = {value for name, value in parsed.attributes if name == "id"}
    assert {link[1:] for link in links} <= ids
    assert "://" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "alert(1)" in "".join(parsed.text)


def test_the_page_has_every_change_and_every_method(diff: Diff) -> None:
    parsed = Page()
    parsed.feed(page(diff))
    assert parsed.tags.count("article") == len(diff.changes)
    shown = "".join(parsed.text)
    assert all(change.rule.id in shown for change in diff.changes)
    assert all(method.rpartition(".")[2] in shown for method in diff.methods)


def test_the_report_is_of_its_schema(diff: Diff) -> None:
    schema = json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for each in (diff, diff_of(shop(), shop())):
        jsonschema.validate(json.loads(report(each)), schema)
    value = json.loads(report(diff))
    assert sum(value["counts"].values()) == len(value["changes"]) == len(diff.changes)


def test_commands_are_one_line_a_change(diff: Diff) -> None:
    lines = workflow_commands(diff, "spec/a,b:c.json").splitlines()
    assert len(lines) == len(diff.changes)
    pattern = r"::(error|warning|notice) file=spec/a%2Cb%3Ac\.json,title=[^,:]*::[^\n\r\x1b]*"
    assert all(re.fullmatch(pattern, line) for line in lines)
    assert lines[0].startswith("::error ")


def test_markdown_holds_no_markup_of_the_document(diff: Diff) -> None:
    text = markdown(diff)
    outside = re.sub("`[^`\n]*`", "", text)
    assert "<script" not in outside
    assert "<img" not in outside
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert text.count("<details>") == 1


def test_the_terminal_shows_verdicts_and_no_control_characters(diff: Diff) -> None:
    text = terminal(diff)
    assert "breaking at type-check time (" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x1b[" in terminal(diff, colour=True)
    assert terminal(diff_of(shop(), shop())).endswith("no change\n")


def test_the_page_on_rules_has_every_rule() -> None:
    text = (ROOT / "docs" / "diff.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z]+\.[a-z-]+)` \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    assert rows == [(rule.id, str(rule.verdict), rule.sentence) for rule in RULES.values()]

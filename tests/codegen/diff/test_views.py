"""A diff as text: what each form holds, and that no text of a document becomes markup, a command or a script."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest
from groundwire_codegen.diff import RULES, Diff, Verdict
from groundwire_codegen.diff.views.github import workflow_commands
from groundwire_codegen.diff.views.markdown import code, markdown, plain
from groundwire_codegen.diff.views.page import page
from groundwire_codegen.diff.views.report import report
from groundwire_codegen.diff.views.terminal import terminal
from groundwire_codegen.log import inert
from groundwire_pages.diff_page.excerpt import Excerpt, excerpts

from tests.codegen.diff.scene import changed, diff_of
from tests.codegen.diff.shop import shop
from tests.codegen.documents import encoded
from tests.codegen.packages import ROOT

_CUT = "\u2026" + "b" * 40 + "[{}]" + "c" * 40 + "\u2026"


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
    assert all(re.fullmatch("#(m-[0-9a-f]{12}|changes|client|methods|shapes)", link) for link in links)
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


def test_the_page_admits_its_own_style_and_script_alone(diff: Diff) -> None:
    text = page(diff)
    (policy,) = re.findall('<meta http-equiv="Content-Security-Policy" content="(.*?)">', text)
    told = dict(each.split(" ", 1) for each in policy.split("; "))
    assert told["default-src"] == told["base-uri"] == told["form-action"] == "'none'"
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert told[directive] == f"'sha256-{digest}'"


def test_a_page_without_changes_says_so() -> None:
    same = diff_of(shop(), shop())
    text = page(same)
    assert "No change." in text
    assert f"{len(same.methods)} methods unchanged" in text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "now", ("", "now")),
        ("v1/a", "v1beta/a", ("v1[]/a", "v1[beta]/a")),
        ("same", "same", ("same[]", "same[]")),
        ("aa", "aaa", ("aa[]", "aa[a]")),
        ("b" * 60 + "1" + "c" * 60, "b" * 60 + "2" + "c" * 60, (_CUT.format(1), _CUT.format(2))),
        ("x" * 400, "", ("[" + "x" * 300 + "\u2026]", "")),
    ],
)
def test_long_texts_are_cut_to_where_they_differ(old: str, new: str, shown: tuple[str, str]) -> None:
    def text(side: Excerpt) -> str:
        plain = not (side.before or side.after) and len(side.own) < 300
        return side.own if plain else f"{side.before}[{side.own}]{side.after}"

    assert tuple(map(text, excerpts(old, new))) == shown


def test_the_report_is_of_its_schema(diff: Diff) -> None:
    schema = json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for each in (diff, diff_of(shop(), shop())):
        jsonschema.validate(json.loads(report(each)), schema)
    value = json.loads(report(diff))
    assert sum(value["counts"].values()) == len(value["changes"]) == len(diff.changes)


def test_commands_are_one_line_a_change(diff: Diff) -> None:
    text = encoded(changed()).decode()
    lines = workflow_commands(diff, "spec/a,b:c.json", text).splitlines()
    assert len(lines) == len(diff.changes)
    pattern = r"::(error|warning|notice) file=spec/a%2Cb%3Ac\.json,line=([0-9]+),title=[^,:]*::[^\n\r\x1b]*"
    found = [re.fullmatch(pattern, line) for line in lines]
    assert all(found)
    assert {each[2] for each in found if each} == {"1"}
    assert lines[0].startswith("::error ")


def test_commands_stand_at_the_line_of_the_new_document(diff: Diff) -> None:
    text = json.dumps(changed(), indent=1)
    rows = text.split("\n")
    for change, line in zip(diff.changes, workflow_commands(diff, "new", text).splitlines(), strict=True):
        (number,) = re.findall(r"^::[a-z]+ file=new,line=([0-9]+),", line)
        gone = change.place.path == "Order.note"
        name = "properties" if gone else change.place.pointer.rpartition("/")[2]
        assert rows[int(number) - 1].strip().startswith(f'"{name}":')


def test_the_worst_commands_come_first_and_what_github_leaves_out_is_said() -> None:
    document = shop()
    for number in range(11):
        document["schemas"]["Order"]["properties"][f"more{number}"] = {"type": "string"}
    document["resources"]["orders"]["methods"]["get"]["path"] = "v2/{+name}"
    del document["schemas"]["Order"]["properties"]["note"]
    diff = diff_of(shop(), document)
    lines = workflow_commands(diff, "new", encoded(document).decode()).splitlines()
    assert [re.match("::([a-z]+)", line)[1] for line in lines] == ["error", "warning", *["notice"] * 12]  # type: ignore[index]
    assert lines[2].endswith(
        "::1 error, 1 warning, 11 notices: GitHub shows 10 of each as annotations. The log of this step has all."
    )
    ranks = [change.verdict.rank for change in diff.changes]
    assert ranks == sorted(ranks, reverse=True)
    assert {Verdict.TYPES, Verdict.BEHAVIOUR, Verdict.COMPATIBLE} == {
        change.verdict for change in diff.changes
    }


def test_markdown_holds_no_markup_of_the_document(diff: Diff) -> None:
    text = markdown(diff)
    outside = re.sub("`[^`\n]*`", "", text)
    assert "<script" not in outside
    assert "<img" not in outside
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert text.count("<details>") == 1


REFERENCES = (
    "@octocat", "a@b.example", "#1", "o/r#1", "GH-1", "gh-1", "https://elsewhere.example", "www.elsewhere.example",
    "HTTP://x.example", "CVE-2026-1", "GHSA-aaaa-bbbb-cccc", "deadbee", "0123456789abcdef0123456789abcdef01234567",
)  # fmt: skip


@pytest.mark.parametrize("text", REFERENCES)
def test_markdown_keeps_no_mention_reference_or_link(text: str) -> None:
    """Code spans are left alone by GitHub; elsewhere it looks for references in the text that Markdown gives."""
    document = shop()
    order = document["schemas"]["Order"]["properties"]
    order["book"]["default"] = f"see {text}"
    order["more"] = {"type": "string", "pattern": text}
    document["id"] = f"see {text}"
    written = markdown(diff_of(shop(), document))
    assert text in written
    outside = re.sub("`[^`\n]*`", "", written).replace("\\", "")
    assert text not in outside
    shown = html.unescape(outside)
    linked = r"@\w|#\d|://|www\.|\b[A-Za-z]+-\d|GHSA-\w|\b(?=\w*[a-f])[0-9a-f]{7,40}\b"
    assert not re.search(linked, shown, re.IGNORECASE), shown


def test_a_date_is_not_taken_for_a_commit() -> None:
    assert plain("shop:v1 20260101") == "shop:v1 20260101"
    assert plain("1234567") != "1234567"
    assert (code(""), code("a`b|c")) == ("", "`a'b¦c`")


@pytest.mark.parametrize("text", ["##[stop-commands]x", "##vso[task.setvariable]x", "##teamcity[x]"])
def test_no_view_holds_a_command_of_a_ci(text: str) -> None:
    document = shop()
    order = document["schemas"]["Order"]["properties"]
    order["book"]["default"] = text
    order["more"] = {
        "type": "string",
        "pattern": f"{text}\n::warning::x",
        "description": f"a\n  ::debug::{text}",
    }
    diff = diff_of(shop(), document)
    source = encoded(document).decode()
    views = (
        markdown(diff), page(diff), report(diff), workflow_commands(diff, "new", source), inert(terminal(diff)),
    )  # fmt: skip
    for written in views:
        assert not re.search(r"##\w*\[", written)
    assert text in json.dumps(json.loads(report(diff)))
    assert text in html.unescape(page(diff))


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

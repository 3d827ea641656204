"""What is wrong with text that was made of a hostile input: for a log, as a refusal, as Markdown, as HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Final
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.token import Token

COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
COMMAND: Final = re.compile(r"^\s*::|##\w*\[")
"""What GitHub Actions, Azure Pipelines and TeamCity read in a line of a log."""
REFERENCE: Final = re.compile(
    r"(?<![\w`])@\w"  # a mention
    r"|[\w.+-]@\w"  # an address of mail
    r"|#\d|\bGH-\d"  # an issue
    r"|https?://|\bwww\.",
    re.IGNORECASE,
)
"""What GitHub makes a link of in text that is not code."""
TAGS: Final = re.compile(r"</?(details|summary|sub|br)>")
"""HTML that our own reports hold."""
LOADING: Final = frozenset(
    {"img", "iframe", "object", "embed", "svg", "form", "audio", "video", "frame", "template"}
)
"""Tags that fetch or run something."""
HEAD: Final = ("base", "body", "head", "html", "link", "meta", "script", "style", "title")
"""Tags that a page has as often as any other page of its kind."""
LEADING: Final = frozenset(
    {"src", "action", "formaction", "srcdoc", "style", "http-equiv", "background", "ping"}
)
"""Attributes that lead somewhere or hold code."""
HIDDEN: Final = frozenset("\x00\x1b\x9b\u202d\u202e\u2066\u2067")


def log_faults(text: str, *, styled: bool = False) -> list[str]:
    """Lines that a CI would obey, and characters that hide something."""
    plain = COLOURS.sub("", text) if styled else text
    faults = [f"a command in a log: {line[:100]!r}" for line in plain.split("\n") if COMMAND.search(line)]
    # Other readers than ours end lines at these too.
    odd = sorted(
        {
            letter
            for letter in plain
            if not (letter.isprintable() or letter == "\n" or category(letter) == "Zs")
        }
    )
    return faults + ([f"a log holds {odd!r}"] if odd else [])


def annotation_faults(text: str) -> list[str]:
    """Lines that are not one annotation of GitHub's each, or that hold another command."""
    shape = re.compile(
        r"::(error|warning|notice)( file=[^,:\n]+,line=\d+,title=[^,:\n]*)?::(?!.*##\w*\[)[ -~\u00a0-\U0010ffff]*"
    )
    return [f"not an annotation: {line[:100]!r}" for line in text.splitlines() if not shape.fullmatch(line)]


def refusal_faults(text: str, sources: Sequence[str]) -> list[str]:
    """Lines of a refusal that name neither a file with a place in it nor belong to the line above."""
    *lines, last = text.rstrip("\n").split("\n")
    start = re.compile(rf"(warning: )?({'|'.join(map(re.escape, sources))})[^\n]*: \S.*|    .*")
    faults = [f"a refusal without a place: {line[:100]!r}" for line in lines if not start.fullmatch(line)]
    # What is wrong with the output is a hole in an earlier stage.
    faults += [
        f"found in the output alone: {line[:200]!r}" for line in lines if "output/" in line.split(": ")[0]
    ]
    if not last.endswith("nothing was written."):
        faults.append(f"a refusal ends with {last[:100]!r}")
    return faults


def markdown_faults(text: str) -> list[str]:
    """Links, images, foreign HTML and references in a Markdown text, as GitHub would read it."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [*_markdown_faults(tokens), *(f"Markdown holds {letter!r}" for letter in sorted(HIDDEN & {*text}))]


def _markdown_faults(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("link_open", "image"):
            yield f"Markdown with {token.type}: {token.attrs}"
        elif token.type in ("html_block", "html_inline") and TAGS.sub("", token.content).strip().startswith(
            "<"
        ):
            yield f"HTML in Markdown: {token.content[:100]!r}"
        elif token.type == "text" and (found := REFERENCE.search(token.content)):
            start = max(found.start() - 30, 0)
            yield f"a reference in Markdown: {token.content[start : start + 100]!r}"
        yield from _markdown_faults(token.children or ())


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.code = ""
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._inside = tag
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.code += data

    def handle_comment(self, data: str) -> None:
        self.code += f"<!--{data}-->"


def page_faults(text: str, harmless: str, links: str) -> list[str]:
    """What a page does that the same page of a harmless input does not; `links` is the shape of what it may lead to."""
    page, known = Page(text), Page(harmless)
    faults = [f"a tag {tag}" for tag in sorted(LOADING & {*page.tags} - {*known.tags})]
    faults += [f"{page.tags[tag]} times {tag}" for tag in HEAD if page.tags[tag] != known.tags[tag]]
    for name, value in sorted(page.attributes - known.attributes):
        if name.startswith("on") or name in LEADING:
            faults.append(f"an attribute {name}={value[:100]!r}")
        elif name == "href" and not re.fullmatch(links, value):
            faults.append(f"a link to {value[:100]!r}")
    if page.code != known.code:
        faults.append("other scripts, styles or comments")
    return faults + [f"a page holds {letter!r}" for letter in sorted(HIDDEN & {*text})]

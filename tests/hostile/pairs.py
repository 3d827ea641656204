"""Hostile pairs of documents: a diff of them in every form, and an upgrade from the one to the other."""

from __future__ import annotations

import copy
import json
import random
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tests.codegen.diff.shop import OVERLAY, shop
from tests.hostile.audited import Result, audited
from tests.hostile.cases import Case, Kind
from tests.hostile.generated_code import code_faults, read
from tests.hostile.generation import client
from tests.hostile.mutation import mutated, toml
from tests.hostile.output import annotation_faults, log_faults, markdown_faults, page_faults
from tests.hostile.payloads import TEXTS

FORMS = ("terminal", "markdown", "html", "json", "github")
REPORTS = ("r.md", "r.html", "r.json")
CHANGELOG = b"# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- Something of ours.\n"
LINKS = r"#[a-z0-9-]+"
"""Where links of the page of a diff lead."""


def pair(source: random.Random, number: int) -> Case:
    old = shop()
    # What is hostile on both sides is no change, and what is hostile on the old one goes.
    old = mutated(old, source) if number % 4 == 0 else old
    new = mutated(old if number % 8 else shop(), source) if number % 2 == 0 else told(old, source)
    new["revision"] = new["revision"] if new.get("revision") != "20260101" else "20260201"
    return _case(json.dumps(old).encode(), json.dumps(new).encode(), upgrades=number % 4 != 0)


def told(document: Any, source: random.Random) -> Any:
    """The document with payloads where any text may stand, so that most of these are accepted and shown."""
    new = copy.deepcopy(document)
    texts = [text for text in TEXTS if text.isprintable() and text]
    for schema in source.sample(sorted(new["schemas"]), 3):
        properties = new["schemas"][schema].setdefault("properties", {})
        new["schemas"][schema]["description"] = source.choice(TEXTS)
        for _ in range(2):
            enum = [source.choice(texts), "PLAIN"]
            properties[source.choice(texts)] = {
                "type": "string",
                "description": source.choice(texts),
                "pattern": source.choice(texts),
                "enum": enum,
                "enumDescriptions": [source.choice(texts), "Plain."],
                "default": source.choice(enum),
            }
    return new


def _case(old: bytes, new: bytes, *, upgrades: bool) -> Case:
    overlay = toml(tomllib.loads(OVERLAY)).encode()
    files = {"spec.json": old, "new.json": new, "overlay.toml": overlay, "CHANGELOG.md": CHANGELOG}
    reports = [argument for name in REPORTS for argument in ("--report", f"@/{name}")]
    diff = ["groundwire-codegen", "diff", "@/spec.json", "@/new.json", "--overlay", "@/overlay.toml"]
    commands = [[*diff, "--fail-on", "never", "--format", form] for form in FORMS]
    if upgrades:
        files |= {f"client/{path}": text.encode() for path, text in client(old, overlay).items()}
        upgrade = ["groundwire-codegen", "upgrade", "@/spec.json", "--new", "@/new.json", "--older"]
        more = ["--overlay", "@/overlay.toml", "--out", "@/client", "--changelog", "@/CHANGELOG.md", *reports]
        commands.insert(0, [*upgrade, *more])
    return Case(files=files, commands=commands, out="", reports=REPORTS)


def judge(case: Case, folder: Path, result: Result) -> list[str]:
    """No text of a document is markup, a link, a mention, a script or a command in any form of the diff."""
    faults: list[str] = []
    codes, outputs, results = [*result.codes], [*result.outputs], [*result.results]
    if len(codes) > len(FORMS):
        faults += _upgraded(folder, codes.pop(0), outputs.pop(0))
        results.pop(0)
    if {*codes} not in ({0}, {2}):
        return [*faults, f"diff ended with {codes}: {outputs[0][-300:]}"]
    if codes[0] == 2:
        return faults + [fault for output in outputs for fault in log_faults(output)]
    # The last form is made of commands: its annotations are judged instead.
    faults += log_faults(outputs[0], styled=True) + [
        f for output in outputs[1:-1] for f in log_faults(output)
    ]
    _terminal, markdown, html, report, github = results
    faults += markdown_faults(markdown) + annotation_faults(github)
    faults += page_faults(html, _harmless_page(), LINKS)
    json.loads(report)
    return faults


def _upgraded(folder: Path, code: int, output: str) -> list[str]:
    faults = log_faults(output, styled=True)
    if code == 0 and (folder / "r.md").is_file():
        faults += code_faults(read(folder / "client"))
        faults += markdown_faults((folder / "CHANGELOG.md").read_text("utf-8"))
        faults += markdown_faults((folder / "r.md").read_text("utf-8"))
        faults += page_faults((folder / "r.html").read_text("utf-8"), _harmless_page(), LINKS)
        json.loads((folder / "r.json").read_bytes())
    elif code not in (0, 2):
        faults.append(f"upgrade ended with {code}: {output[-300:]}")
    return faults


@cache
def _harmless_page() -> str:
    """The page of a change that means no harm."""
    new = shop()
    new["schemas"]["Order"]["properties"]["more"] = {"type": "string"}
    case = _case(json.dumps(shop()).encode(), json.dumps(new).encode(), upgrades=False)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        return audited([case.job("0", folder)], folder)["0"].results[FORMS.index("html")]


KINDS = (Kind("pairs", pair, judge, full=1_112, sample=40),)

"""What the commands print: no line of it is a command of the CI whose log it goes into."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from groundwire_codegen.log import inert, inert_html, inert_json
from groundwire_contract.cli import main as contract

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run as cli

HOSTILE = (
    "::set-output name=x::y",
    "  ::add-mask::x",
    "\t::stop-commands::x",
    "\u3000::warning::x",
    "##[stop-commands]x",
    "a ##[group]x",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[message text='x']",
    "###[error]x",
    "a\r::error::x",
    "a\n::error::x",
    "a\x1b[2K\x1b[1G::error::x",
    "a\u2028::error::x",
    "a\x85::error::x",
)


def commands(text: str) -> list[str]:
    """The lines that a runner takes for commands: it splits at CR too, and drops blanks, as .NET knows them."""
    lines = re.split(r"[\r\n\x85\u2028\u2029]", text)
    return [line for line in lines if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_command(text: str) -> None:
    assert commands(re.sub(r"\x1b\[2K\x1b\[1G", "\n", text))
    assert not commands(inert(text))
    assert not commands(inert(f"    {text}\n{text}"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", inert(text))
    assert json.loads(inert_json(json.dumps(text))) == text
    assert "##[" not in inert_html(text)


@pytest.mark.parametrize(
    "text", ["", "a::b", "a :: b", ":", "# [x]", "##", "a\nb", "\u00e9\u4e2d", "v1/{+name}:wait"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert inert(text) == text


def test_colours_of_our_own_stay_and_hide_no_command() -> None:
    assert inert("\x1b[1mbold\x1b[0m", styled=True) == "\x1b[1mbold\x1b[0m"
    assert not commands(re.sub(r"\x1b\[[0-9;]*m", "", inert("\x1b[1m ::error::x", styled=True)))


def hostile(text: str) -> dict[str, Any]:
    """A document whose every free text is `text`, and which can be generated from."""
    document = bookshop()
    book = document["schemas"]["Book"]
    book["description"] = f"A book.\n{text}"
    book["properties"]["note"] = {"type": "string", "description": f"One.\n{text}", "pattern": text}
    book["properties"]["name"]["default"] = text
    return document


def run(*arguments: str) -> Result:
    done = cli(*arguments)
    assert done.exit_code in (0, 1, 2, 3), done.output
    return done


@pytest.mark.parametrize("text", HOSTILE)
def test_no_command_of_ours_prints_one(text: str, tmp_path: Path) -> None:
    old, new, out = tmp_path / "shop.json", tmp_path / "new.json", tmp_path / "shop"
    old.write_bytes(encoded(bookshop()))
    new.write_bytes(encoded({**hostile(text), "revision": "20260202"}))
    printed = [run("generate", str(old), "--out", str(out)).output]
    # Names that are none, so that each is refused in its own words.
    wrong = hostile(text)
    wrong["schemas"]["Book"]["properties"][text] = {"type": text, "format": text, text: text}
    bad = tmp_path / "bad.json"
    bad.write_bytes(encoded({**wrong, "revision": text, "kind": wrong["kind"]}))
    overlay = tmp_path / "shop.toml"
    overlay.write_text(f"document = {json.dumps(text)}\n[messages.{json.dumps(text)}]\ndoc = 1\n", "utf-8")
    printed += (
        run("generate", str(bad), "--out", str(out)).output,
        run("generate", str(old), "--overlay", str(overlay), "--out", str(out)).output,
        run("check", str(new), "--out", str(out)).output,
        *(
            run("diff", str(old), str(new), "--format", form).output
            for form in ("terminal", "markdown", "json", "html")
        ),
        run("upgrade", str(old), "--new", str(new), "--out", str(out)).output,
    )
    (out / "messages.py").write_text(f"{(out / 'messages.py').read_text('utf-8')}# {text}\n{text}\n", "utf-8")
    printed.append(run("check", str(new), "--out", str(out)).output)
    assert [commands(each) for each in printed] == [[]] * len(printed)
    annotations = run("diff", str(old), str(new), "--format", "github").stdout.splitlines()
    assert all(re.match("::(error|warning|notice) file=", line) for line in annotations)
    assert not any(re.search(r"##\w*\[", line) for line in annotations)


@pytest.mark.parametrize("width", range(40, 60))
def test_no_wrapped_line_is_a_command(width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(encoded(bookshop()))
    new.write_bytes(encoded(hostile(f"{'x' * width} ::set-output name=a::b")))
    assert not commands(run("diff", str(old), str(new)).output)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_command_of_the_contract_prints_one(text: str, tmp_path: Path) -> None:
    traffic, spec = tmp_path / "traffic.jsonl", tmp_path / "spec.json"
    row = {
        "method": "POST", "path": f"/v1/projects/p/image:export/{text}", "query": [[text, text]], "headers": [],
        "body": {text: text}, "response": {"status": 200, "body": {}},
    }  # fmt: skip
    known = {**row, "path": "/v1/projects/p/image:export", "body": {"description": text, f"a\n{text}": 1}}
    traffic.write_text(f"{json.dumps(row)}\n{json.dumps(known)}\n", "utf-8")
    spec.write_bytes(encoded({**bookshop(), "title": text, "revision": text}))
    for arguments in (
        ("verify", str(traffic)),
        ("verify", str(traffic), "--format", "json"),
        ("openapi", "--spec", str(spec)),
    ):
        done = CliRunner().invoke(contract, arguments)
        assert done.exit_code in (0, 1, 2)
        assert not commands(done.output)


SHORT_OF_MEMORY = """
import resource, sys
from groundwire_codegen.cli import main
import groundwire_codegen.pipeline
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 40_000_000,) * 2)
main(sys.argv[1:])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is set as Linux has it")
def test_a_lack_of_memory_is_said(tmp_path: Path) -> None:
    document = bookshop()
    document["description"] = "x" * 30_000_000
    path = tmp_path / "shop.json"
    path.write_bytes(encoded(document))
    command = [sys.executable, "-c", SHORT_OF_MEMORY, "generate", str(path), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own command
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "the input takes more memory than there is; nothing was written.\n"
    assert not (tmp_path / "out").exists()

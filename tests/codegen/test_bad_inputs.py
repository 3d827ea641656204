"""The 25 bad descriptions of the outside vectors, by their row: refused with a place, or harmless."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.read.source import MAX_BYTES, MAX_VALUES
from groundwire_codegen.read.uri_template import read_template
from groundwire_codegen.reader import read_lowered

from tests.codegen.bad_documents import GET, REFUSED, Refused, X, named
from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import files, output
from tests.codegen.test_cli import Shop, run
from tests.hostile.canary import RUN, skeleton

pytestmark = pytest.mark.usefixtures("nothing_runs")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"row {row}, {number}")
        for row, cases in REFUSED.items()
        for number, case in enumerate(cases)
    ],
)
def test_row_that_is_refused(case: Refused, shop: Shop) -> None:
    shop.run("generate")
    before = shop.files()
    shop.spec.write_bytes(case.document if isinstance(case.document, bytes) else encoded(dict(case.document)))
    for command in ("generate", "check"):
        result = shop.run(command)
        assert (result.exit_code, result.stdout) == (2, "")
        place = f"document#{case.pointer}: " if case.pointer else "document: "
        [line] = [line for line in result.stderr.splitlines() if case.words in line]
        assert line.startswith(place), result.stderr
    assert shop.files() == before


def test_row_1(load: Load) -> None:
    for text in (f'"""\n{RUN}\n', f'x """; {RUN} #', f"\\\n{RUN}", f'"\n"""{RUN}'):
        hostile, plain = (
            files({**with_property("x", {"type": "string", "description": words}), "description": words})
            for words in (text, "Plain.")
        )
        assert skeleton(hostile) == skeleton(plain)
        load(hostile)


def test_row_3(load: Load) -> None:
    value = f'A"]; {RUN}#'
    package = load(files(with_property("x", {"type": "string", "enum": [value]})))
    assert [member.value for member in package.BookX] == [value]


def test_row_5(load: Load) -> None:
    names = ["class", "class_", "None", "none", "self", "self_", "__init__", "init", "$ref", "ref"]
    names += ["end-date", "end_date", "endDate", "@type", "type"]
    document = bookshop()
    document["schemas"]["Book"]["properties"] = {name: {"type": "string"} for name in names}
    backwards = json.loads(json.dumps(document))
    backwards["schemas"]["Book"]["properties"] = {name: {"type": "string"} for name in reversed(names)}
    assert files(document)["messages.py"] == files(backwards)["messages.py"]
    package = load(files(document))
    value = {name: name.upper() for name in names}
    assert json.loads(package.encode(package.decode(package.Book, json.dumps(value).encode()))) == value


def test_row_6(load: Load) -> None:
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "boolean"}
    package = load(files(document))
    assert package.encode(package.Book(foo_bar=True, foo_bar_="a")) == b'{"fooBar":"a","foo_bar":true}'


def test_row_9(load: Load) -> None:
    document = named("A")
    document["schemas"]["A"]["properties"] = {"b": {"$ref": "B"}}
    document["schemas"]["B"] = {"id": "B", "type": "object", "properties": {"a": {"$ref": "A"}}}
    for overlay in (None, "[messages.A.fields.b]\nrequired = true\n"):
        package = load(files(document, overlay))
        message = package.A(b=package.B(a=package.A(b=package.B())))
        assert package.encode(message) == b'{"b":{"a":{"b":{}}}}'
        assert package.decode(package.A, package.encode(message)) == message


@pytest.mark.parametrize("size", [200_000_000, None])
def test_row_11(size: int | None, shop: Shop) -> None:
    shop.spec.write_bytes(b'{"schemas": {' + b'"A":{},' * 1_000_000 + b'"B":{}}}')
    if size is not None:
        os.truncate(shop.spec, size)
    words = f"more than {MAX_VALUES} values" if size is None else f"larger than {MAX_BYTES} bytes"
    tracemalloc.start()
    result = shop.run("generate")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    assert peak < 4 * MAX_BYTES


SLOW = "(.+[<,<=,==,>=,>,<>].+,)*(.+[<,<=,==,>=,>,<>].+)"


def patterned(pattern: str) -> dict[str, Any]:
    document = with_property("x", {"type": "string", "pattern": pattern})
    parameters = document["resources"]["books"]["methods"]["get"]["parameters"]
    parameters["name"]["pattern"] = pattern
    return document


def warned(pattern: str, shop: Shop, load: Load) -> None:
    """Generated with a warning at each place; the pattern is documentation, and nothing runs it."""
    shop.write(patterned(pattern))
    result = shop.run("generate")
    assert result.exit_code == 0
    shown = f"pattern {pattern[:100]!r} is not enforced"
    for pointer in (f"{GET}/parameters/name/pattern", f"{X}/pattern"):
        assert f"warning: document#{pointer}: {shown}" in result.stderr
    lowered = read_lowered(encoded(patterned(pattern)))
    assert len(lowered.warnings) == 2
    package = load(files(patterned(pattern)))
    started = time.perf_counter()
    hostile = "a<" * 5_000
    package.client.METHODS["bookshop.books.get"].request(
        {"name": hostile}, base_url="https://x/", codecs=package.codecs.CODECS
    )
    package.decode(package.Book, package.encode(package.Book(x=hostile)))
    assert time.perf_counter() - started < 1
    assert pattern.replace("\\", "\\\\") in " ".join(shop.files()["client.py"].split())


def test_row_21(shop: Shop, load: Load) -> None:
    warned(SLOW, shop, load)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?<!x)a$",
        r"^(?<=x+)a$",
        "[",
        "(?P<",
        "*",
        "a{2,1}",
        "^(a+)+$",
        "[[a-z]&&[b]]",
        "(" * 5_000,
        "a" * 600,
    ],
    ids=lambda pattern: pattern[:20],
)
def test_row_22(pattern: str, shop: Shop, load: Load) -> None:
    warned(pattern, shop, load)


def test_names_that_go_by_the_hundred_take_three_lines_of_each_kind(shop: Shop) -> None:
    many = {f"field{number:03}": {"type": "string", "enum": ["A", "B"]} for number in range(200)}
    document = bookshop()
    document["schemas"]["Book"]["properties"] |= many
    shop.write(document)
    assert shop.run("generate").stderr == ""
    shop.write(bookshop())
    lines = shop.run("generate").stderr.splitlines()
    assert [line.partition("names/")[2] for line in lines] == [
        *(f"enum:Book.field00{number}: BookField00{number} is gone" for number in (0, 1)),
        "enum:Book.field002: BookField002 is gone; 197 more like it",
        *(f"field:Book.field00{number}: field00{number} is gone" for number in (0, 1)),
        "field:Book.field002: field002 is gone; 197 more like it",
        *(f"value:Book.field000.{value}: {value} is gone" for value in "AB"),
        "value:Book.field001.A: A is gone; 397 more like it",
    ]


def test_row_25(shop: Shop) -> None:
    newer = {**with_property("isbn", {"type": "string"}), "revision": "20270101"}
    shop.write(newer)
    assert shop.run("generate").stderr == ""
    shop.write({**bookshop(), "revision": "20260101"})
    said = [
        "warning: document#/revision: 20260101 is older than 20270101, which the folder holds",
        "warning: groundwire.lock#/names/field:Book.isbn: isbn is gone",
    ]
    for command, code, lines in (
        ("check", 1, said),
        ("generate", 0, said),
        ("check", 0, []),
        ("generate", 0, []),
    ):
        result = shop.run(command)
        assert (result.exit_code, result.stderr.splitlines()) == (code, lines)
    shop.write(newer)
    assert shop.run("check").stderr == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "document: 'rootUrl' is missing"),
        ("", "document: 'rootUrl' is missing"),
        (5, "document#/rootUrl: expected a string"),
        ("\ud800", "document#/rootUrl: a lone surrogate is not text"),
    ],
)
@pytest.mark.parametrize("command", ["generate", "check"])
def test_a_document_without_its_host_is_one_problem(
    shop: Shop, command: str, value: object, said: str
) -> None:
    document = bookshop()
    del document["rootUrl"]
    shop.write(document if value is None else {**document, "rootUrl": value})
    result = shop.run(command)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [said, "1 problem(s); nothing was written."]


@pytest.mark.parametrize("key", ["id", "name", "version"])
@pytest.mark.parametrize("value", [None, "", 5])
def test_a_document_without_a_name_is_one_problem(shop: Shop, key: str, value: object) -> None:
    shop.write(
        {**bookshop(), key: value} if value is not None else {k: v for k, v in bookshop().items() if k != key}
    )
    result = shop.run("generate")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 2)


@pytest.mark.parametrize(
    "command",
    [
        ("generate", "{name}", "--out", "shop"),
        ("check", "{name}", "--out", "shop"),
        ("generate", "shop.json", "--out", "shop", "--methods", "{name}"),
        ("generate", "shop.json", "--out", "shop", "--allow-host", "{name}"),
        ("upgrade", "{name}", "--out", "shop"),
        ("vendor", "shop", "--document", "{name}"),
        ("vendor", "{name}", "--document", "shop.json"),
        ("vendor", "shop", "--document", "shop.json", "--overlay", "{name}"),
        ("vendor", "shop", "--document", "shop.json", "--methods", "{name}"),
    ],
)
@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("b\u00fccher.json".encode(), {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        (b"b\xff.json", {}),
    ],
    ids=["the C locale", "not UTF-8"],
)
def test_a_name_that_the_locale_cannot_read_is_one_problem(
    tmp_path: Path, command: tuple[str, ...], name: bytes, environment: dict[str, str]
) -> None:
    for each in (b"shop.json", name):
        with open(os.path.join(os.fsencode(tmp_path), each), "wb") as file:  # noqa: PTH118, PTH123 - a name in bytes
            file.write(encoded(bookshop()))
    arguments = [name if word == "{name}" else word.encode() for word in command]
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "groundwire_codegen", *arguments],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    lines = done.stderr.decode("ascii").splitlines()
    assert (done.returncode, len(lines)) == (2, 2), done.stderr
    assert "is not text in this locale (use another name, or UTF-8: PYTHONUTF8=1)" in lines[0]
    assert not (tmp_path / "shop").exists()


def test_a_manifest_with_a_name_that_the_locale_cannot_write_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "b\u00fccher.json").write_bytes(encoded(bookshop()))
    command = [sys.executable, "-m", "groundwire_codegen", "vendor", "shop"]
    utf8 = {**os.environ, "PYTHONUTF8": "1"}
    more = ["--document", "b\u00fccher.json".encode()]
    subprocess.run([*command, *more], cwd=tmp_path, env=utf8, check=True, capture_output=True)  # noqa: S603 - our own
    done = subprocess.run(  # noqa: S603 - our own
        [*command, "--check"],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "PYTHONUTF8=1" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("command", ["generate", "check", "upgrade", "diff"])
def test_a_pipe_or_a_device_is_no_document(shop: Shop, command: str) -> None:
    shop.run("generate")
    shop.spec.unlink()
    os.mkfifo(shop.spec)
    for place in (str(shop.spec), "/dev/zero"):
        arguments = (place, place) if command == "diff" else (place, "--out", str(shop.out))
        result = run(command, *arguments)
        assert (result.exit_code, "not a regular file" in result.stderr) == (2, True)
    if command == "generate":
        shop.spec.unlink()
        shop.write(bookshop())
        overlay = shop.spec.with_suffix(".toml")
        os.mkfifo(overlay)
        assert shop.run(command, "--overlay", str(overlay)).exit_code == 2


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="this system has no /dev/fd")
def test_a_pipe_of_the_shell_is_read(shop: Shop) -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(shop.spec.read_bytes())
    result = run("diff", f"/dev/fd/{read}", str(shop.spec))
    os.close(read)
    assert (result.exit_code, "no change" in result.stdout) == (0, True)


def test_every_row_has_a_test() -> None:
    own = [int(name.removeprefix("test_row_")) for name in globals() if re.fullmatch(r"test_row_\d+", name)]
    assert sorted([*REFUSED, *own]) == list(range(1, 26))
    folder = os.environ.get("GROUNDWIRE_VECTORS")
    if folder is None:
        pytest.skip("GROUNDWIRE_VECTORS names no folder of outside vectors")
    found = json.loads((Path(folder) / "vectors" / "bad_inputs.json").read_text("utf-8"))["cases"]
    assert [row["n"] for row in found if row["area"] == "spec"] == list(range(1, 26))


def test_row_20_on_the_templates_of_the_vectors() -> None:
    """Those vectors are of absolute paths, with patterns of their own: what they refuse is refused here too."""
    folder = os.environ.get("GROUNDWIRE_VECTORS")
    if folder is None:
        pytest.skip("GROUNDWIRE_VECTORS names no folder of outside vectors")
    found = json.loads((Path(folder) / "vectors" / "transcoding.json").read_text("utf-8"))["template_parse"]
    refused = [row["template"] for row in found if row["expect"] == "reject"]
    relative = {"", "{x}", "a/b", "a/b/{x}", "a/{x}/b"}
    assert len(refused) > 30
    assert {each for each in refused if read_template(each.removeprefix("/"))[1] is None} == relative


def test_output_of_a_warned_document_says_so() -> None:
    assert [warning.pointer for warning in output(patterned(SLOW)).warnings] == [
        f"{GET}/parameters/name/pattern",
        f"{X}/pattern",
    ]


def test_patterns_of_one_reason_are_one_line_that_lint_unfolds(shop: Shop) -> None:
    document = patterned("^(a+)+$")
    parameters = document["resources"]["books"]["methods"]["get"]["parameters"]
    parameters |= {
        f"p{number}": {"type": "string", "location": "query", "pattern": f"^(a+)+{number}$"}
        for number in range(5)
    }
    shop.write(document)
    lines = shop.run("generate").stderr.splitlines()
    assert len(lines) == 2
    [line] = [each for each in lines if "more patterns" in each]
    assert "; 5 more patterns like it: `lint` lists them" in line
    assert shop.run("check").stderr.splitlines() == lines
    assert run("lint", shop.spec).stdout.count("is not enforced") == 7

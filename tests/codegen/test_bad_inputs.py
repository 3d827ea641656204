"""The 25 bad descriptions of the outside vectors, by their row: refused with a place, or harmless."""

from __future__ import annotations

import json
import os
import re
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from groundwire_codegen.jsontext import MAX_BYTES, MAX_VALUES
from groundwire_codegen.reader import read_lowered
from groundwire_codegen.template import read_template

from tests.codegen.canary import RUN, skeleton
from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import files, output
from tests.codegen.test_cli import Shop

pytestmark = pytest.mark.usefixtures("nothing_runs")

Document = Mapping[str, Any] | bytes


@frozen
class Refused:
    """A document that is refused: where, and in which words."""

    document: Document
    pointer: str
    words: str


def named(schema: str) -> dict[str, Any]:
    """A schema of any id, and a field that refers to it."""
    document = with_property("x", {"$ref": schema})
    document["schemas"][schema] = {"id": schema, "type": "object", "properties": {"a": {"type": "string"}}}
    return document


def get(**changes: Any) -> dict[str, Any]:
    document = bookshop()
    document["resources"]["books"]["methods"]["get"].update(changes)
    return document


def top(**changes: Any) -> dict[str, Any]:
    return {**bookshop(), **changes}


def deep(levels: int) -> bytes:
    inner = b'{"type":"array","items":' * levels + b'{"type":"string"}' + b"}" * levels
    return encoded(bookshop()).replace(b'"schemas": {', b'"schemas": {"Deep":' + inner + b",", 1)


GET = "/resources/books/methods/get"
X = "/schemas/Book/properties/x"
EVIL = 'Foo; import os; os.system("x")'
REFUSED: dict[int, list[Refused]] = {
    2: [
        Refused(named(EVIL), f"/schemas/{EVIL}", "is not an identifier"),
        Refused(get(id=EVIL), GET, "is not an identifier"),
    ],
    4: [
        Refused(
            with_property("x", {"type": "integer", "format": "int32", "default": RUN}),
            f"{X}/default",
            "is not valid for type integer/int32",
        ),
        Refused(
            get(
                parameters={
                    "name": {"type": "string", "location": "path", "required": True},
                    "n": {"type": "integer", "format": "int32", "location": "query", "default": RUN},
                }
            ),
            f"{GET}/parameters/n/default",
            "is not valid for type integer/int32",
        ),
    ],
    7: [
        Refused(named("../../evil"), "/schemas/..~1..~1evil", "is not an identifier"),
        Refused(named("con/aux"), "/schemas/con~1aux", "is not an identifier"),
    ],
    8: [
        Refused(with_property("x", {"$ref": "Missing"}), X, "unresolved $ref 'Missing'"),
        Refused(get(response={"$ref": "Missing"}), f"{GET}/response", "unresolved $ref 'Missing'"),
    ],
    10: [
        Refused(deep(10_000), "", "nested deeper than 64 levels"),
        Refused(b"[" * 10_000 + b"]" * 10_000, "", "nested deeper than 64 levels"),
        Refused(b'{"a":' * 100_000, "", "nested deeper than 64 levels"),
    ],
    12: [
        Refused(b'{"kind": 1,\n  "kind": 2}', "", "duplicate key 'kind' at line 2 column 3"),
        Refused(
            encoded(bookshop()).replace(b'"Author": {', b'"Author": {"type": "object"}, "Author": {', 1),
            "",
            "duplicate key 'Author' at line 1 column",
        ),
    ],
    13: [
        Refused(b'{"kind": "\xff"}', "", "not UTF-8 at byte 10"),
        Refused(b"\xef\xbb\xbf" + encoded(bookshop()), "", "byte order mark"),
        Refused(json.dumps(bookshop()).encode("utf-16"), "", "not UTF-8 at byte 0"),
    ],
    14: [
        Refused(f'{{"a": {token}}}'.encode(), "", "is not JSON") for token in ("NaN", "Infinity", "-Infinity")
    ],
    15: [
        Refused(top(rootUrl="http://169.254.169.254/"), "/rootUrl", "must be https"),
        Refused(top(rootUrl="https://169.254.169.254/"), "/rootUrl", "is not one of *.googleapis.com"),
    ],
    16: [
        Refused(
            top(rootUrl="https://earthengine.googleapis.com.evil.tld/"),
            "/rootUrl",
            "is not one of *.googleapis.com",
        ),
        Refused(top(rootUrl="https://evilgoogleapis.com/"), "/rootUrl", "is not one of *.googleapis.com"),
    ],
    17: [Refused(top(rootUrl="https://x@evil/"), "/rootUrl", "user information")],
    18: [Refused(get(path="v1/{+name}/../admin"), f"{GET}/path", "a dot segment")],
    19: [Refused(get(path="v1/{+name}/{other}"), f"{GET}/path", "path parameter 'other' is not declared")],
    20: [
        Refused(get(path="/a{name}b"), f"{GET}/path", "column"),
        Refused(get(path="/a/**/**"), f"{GET}/path", "template syntax at column 4: '*'"),
        Refused(get(path="{name"), f"{GET}/path", "template syntax at column 1"),
        Refused(get(path="}"), f"{GET}/path", "template syntax at column 1: '}'"),
    ],
    23: [
        Refused(get(httpMethod="GET\r\nX: y"), f"{GET}/httpMethod", "unknown HTTP method 'GET\\r\\nX: y'"),
        Refused(get(httpMethod="CONNECT"), f"{GET}/httpMethod", "unknown HTTP method 'CONNECT'"),
    ],
    24: [
        Refused(with_property("x", {"type": "int128"}), f"{X}/type", "unknown type 'int128'"),
        Refused(
            with_property("x", {"type": "string", "format": "int128"}),
            f"{X}/format",
            "unknown format 'int128' for type 'string'",
        ),
    ],
}


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

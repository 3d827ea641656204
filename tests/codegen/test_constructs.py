"""Constructs that the generator does not know: ignored outside of schemas, refused inside, unless they are allowed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.lock import FILE, read_lock
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api, read_lowered

from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import output
from tests.codegen.test_cli import Shop, run

Change = Callable[[dict[str, Any]], Any]
GET = ("resources", "books", "methods", "get")
MEDIA = {"accept": ["*/*"], "protocols": {}, "streams": True}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def at(document: dict[str, Any], *path: str) -> dict[str, Any]:
    for key in path:
        document = document[key]
    return document


OUTSIDE: dict[str, tuple[tuple[str, ...], dict[str, Any], str]] = {
    "top": ((), {"a/b~c": 1}, "/a~1b~0c"),
    "top, hostile": ((), {"\x1b[2J": {}}, "/\x1b[2J"),
    "feature": ((), {"features": ["dataWrapper", "streams"]}, "/features"),
    "resource": (("resources", "books"), {"streams": []}, "/resources/books/streams"),
    "method": (GET, {"streamingType": "SERVER"}, "/resources/books/methods/get/streamingType"),
    "media": (
        GET,
        {"supportsMediaUpload": True, "mediaUpload": MEDIA},
        "/resources/books/methods/get/mediaUpload/streams",
    ),
    "parameter of all methods": (("parameters", "alt"), {"streams": 1}, "/parameters/alt/streams"),
}


@pytest.mark.parametrize(("path", "more", "pointer"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_construct_outside_of_schemas_is_a_warning_and_is_in_the_lock(
    path: tuple[str, ...], more: dict[str, Any], pointer: str
) -> None:
    document = bookshop()
    at(document, *path).update(more)
    made = output(document)
    [warning] = made.warnings
    assert (warning.pointer, "is ignored" in warning.message) == (pointer, True)
    assert list(made.lock.constructs.values()) == [pointer]
    assert read_lock(made.lock.text()) == made.lock


def test_a_construct_in_many_places_is_one_warning() -> None:
    document = bookshop()
    for method in document["resources"]["books"]["methods"].values():
        method["streamingType"] = "SERVER"
    made = output(document)
    [warning] = made.warnings
    assert warning.message == "unknown construct 'streamingType' is ignored (and at 2 more places)"
    place = "/resources/books/methods/create/streamingType (and at 2 more places)"
    assert made.lock.constructs == {"streamingType": place}


def test_a_thousand_constructs_are_few_lines() -> None:
    assert len(output({**bookshop(), **{f"key{n}": n for n in range(1000)}}).warnings) == 21


INSIDE: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "keyword": (
        {"type": "string", "externalTypeName": "T"},
        "externalTypeName",
        "/externalTypeName",
        "str | None",
    ),
    "format": ({"type": "string", "format": "uuid"}, "uuid", "/format", "str | None"),
    "format of a number": ({"type": "integer", "format": "int24"}, "int24", "/format", "int | None"),
    "type": ({"type": "decimal"}, "decimal", "/type", "JsonValue"),
    "keyword below": (
        {"type": "array", "items": {"type": "string", "variant": {}}},
        "variant",
        "/items/variant",
        "Sequence[str]",
    ),
}


@pytest.mark.parametrize(("schema", "name", "pointer", "annotation"), INSIDE.values(), ids=INSIDE)
def test_a_construct_inside_of_a_schema_is_refused_or_allowed(
    schema: dict[str, Any], name: str, pointer: str, annotation: str, shop: Shop
) -> None:
    shop.write(with_property("x", schema))
    result = shop.run("generate")
    assert result.exit_code == 2
    assert f"document#/schemas/Book/properties/x{pointer}: unknown" in result.stderr
    assert f"--allow-construct {name}" in result.stderr
    assert not shop.out.exists()

    assert shop.run("generate", "--allow-construct", name).exit_code == 0
    [line] = [line for line in shop.files()["messages.py"].splitlines() if line.startswith("    x: ")]
    assert annotation in line
    assert read_lock(shop.files()[FILE]).constructs == {name: "allowed"}
    assert shop.run("check").output == ""
    assert shop.run("generate").exit_code == 2


def test_another_method_is_generated_with_a_warning() -> None:
    document = with_property("x", {"type": "string", "format": "uuid"})
    document["resources"]["books"]["methods"]["clear"] = {"id": "c", "httpMethod": "POST", "path": "v1/clear"}
    made = read_lowered(encoded(document), methods=["c"])
    assert list(made.api.methods) == ["c"]
    assert [each.pointer for each in made.warnings] == ["/schemas/Book/properties/x/format"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"httpMethod": "QUERY"}, "get/httpMethod: unknown HTTP method 'QUERY'"),
        ({"httpMethod": "Q\n"}, "get/httpMethod: unknown HTTP method"),
        ({"httpMethod": None}, "get/httpMethod: expected a string"),
        ({"scopes": {}}, "get/scopes: expected a list of strings"),
        ({"apiVersion": "\r\n"}, "get/apiVersion: "),
        ({"response": {"$ref": "Book", "stream": True}}, "get/response/stream: unknown construct"),
        ({"parameters": {"x": {"type": "string", "location": "header"}}}, "x/location: unknown location"),
        (
            {"parameters": {"x": {"type": "string", "location": "query", "style": "f"}}},
            "x/style: unknown construct",
        ),
        (
            {"parameters": {"x": {"type": "string", "location": "query", "format": "f"}}},
            "x/format: unknown format",
        ),
    ],
)
def test_what_is_wrong_with_a_method_refuses_it_alone(change: dict[str, Any], words: str) -> None:
    document = bookshop()
    at(document, *GET).update({"path": "v1/books/x", "parameterOrder": [], "parameters": {}, **change})
    with pytest.raises(SpecError) as caught:
        read_api(encoded(document))
    assert words in str(caught.value)
    made = read_lowered(encoded(document), methods=["bookshop.books.create"])
    assert list(made.api.methods) == ["bookshop.books.create"]
    assert words in "".join(map(str, made.warnings))


def test_a_verb_that_is_allowed_is_sent_and_no_repeat_is_safe() -> None:
    document = bookshop()
    at(document, *GET)["httpMethod"] = "QUERY"
    api = read_lowered(encoded(document), allow_constructs=("QUERY",)).api
    assert api.methods["bookshop.books.get"].verb == "QUERY"


def test_an_allowed_name_that_is_nowhere_is_a_warning() -> None:
    [warning] = read_lowered(encoded(bookshop()), allow_constructs=("x",)).warnings
    assert str(warning) == (
        "options#/allow-construct: the rule matches nothing: no unknown construct 'x' is in the document "
        "(generate again without --allow-construct x)"
    )


def test_an_allowed_name_that_has_left_the_document_is_said_once(shop: Shop) -> None:
    shop.write(with_property("x", {"type": "string", "format": "uuid"}))
    shop.run("generate", "--allow-construct", "uuid")
    shop.write(with_property("x", {"type": "string"}))
    stale = shop.run("check")
    assert (stale.exit_code, stale.stderr.count("without --allow-construct uuid")) == (1, 1)
    words = "the rule matches nothing: no unknown construct 'uuid'"
    assert shop.run("generate", "--allow-construct", "uuid").stderr.count(words) == 1
    assert read_lock(shop.files()[FILE]).constructs == {}
    assert (shop.run("check").output, shop.run("generate").stderr) == ("", "")


def test_lint_takes_what_is_allowed(shop: Shop) -> None:
    shop.write(with_property("x", {"type": "string", "format": "uuid"}))
    assert "refused: bookshop.json#/schemas/Book/properties/x/format" in run("lint", shop.spec).stdout
    assert "refused" not in run("lint", shop.spec, "--allow-construct", "uuid").stdout
    unused = run("lint", shop.spec, "--allow-construct", "uuid", "--allow-construct", "ulid")
    assert "warning: options#/allow-construct: the rule matches nothing" in unused.stdout


def test_names_that_no_construct_can_have(shop: Shop) -> None:
    result = shop.run("generate", "--allow-construct", "a b\n")
    assert (result.exit_code, "/allow-construct: 'a b" in result.stderr) == (2, True)


def test_an_upgrade_keeps_what_was_allowed(shop: Shop, tmp_path: Path) -> None:
    document = with_property("x", {"type": "string", "format": "uuid"})
    shop.write(document)
    shop.run("generate", "--allow-construct", "uuid")
    document["revision"] = "20260202"
    document["schemas"]["Book"]["properties"]["y"] = {"type": "string", "format": "uuid"}
    (tmp_path / "new.json").write_bytes(encoded(document))
    result = shop.run("upgrade", "--new", str(tmp_path / "new.json"))
    assert result.exit_code == 0, result.output
    assert "    y: str | None" in shop.files()["messages.py"]
    assert read_lock(shop.files()[FILE]).constructs == {"uuid": "allowed"}
    document["schemas"]["Book"]["properties"]["y"] = {"type": "string", "format": "ulid"}
    (tmp_path / "new.json").write_bytes(encoded(document))
    result = shop.run("upgrade", "--new", str(tmp_path / "new.json"))
    assert (result.exit_code, "--allow-construct ulid" in result.stderr) == (2, True)


def test_an_openapi_document_has_unknown_keywords_and_types() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "decimal", "kind": 1}}}
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/x": {"get": {"operationId": "getX", "responses": {"200": answer}}}},
    }
    data = json.dumps(document).encode()
    with pytest.raises(SpecError, match=r"unknown type 'decimal' .*--allow-construct decimal"):
        read_api(data)
    found = read_lowered(data, allow_constructs=("decimal",))
    place = "/paths/~1x/get/responses/200/content/application~1json/schema/properties/x/kind"
    assert found.constructs == {"kind": place}
    assert read_lowered(data, allow_constructs=("decimal", "kind")).warnings == ()

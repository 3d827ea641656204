"""Schemas that no method reaches: webhooks, events, metadata of operations."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.diff import Direction, Given, compare, read_sides
from groundwire_codegen.lock import FILE, read_lock
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_lowered
from groundwire_codegen.vendor import DESCRIPTION

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import files
from tests.codegen.test_cli import Shop, run

CREATE = "bookshop.books.create"
SALE = {
    "id": "Sale",
    "type": "object",
    "properties": {
        "book": {"$ref": "Book"},
        "at": {"type": "string", "format": "google-datetime"},
        "till": {"type": "object", "properties": {"number": {"type": "integer"}}},
    },
}


def with_events(**schemas: dict[str, Any]) -> dict[str, Any]:
    document = bookshop()
    document["schemas"] |= {
        "Sale": copy.deepcopy(SALE),
        "Strike": {"id": "Strike", "type": "object"},
        **schemas,
    }
    return document


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.write(with_events())
    return made


def messages(document: dict[str, Any], overlay: str = "", **options: Any) -> set[str]:
    found = read_lowered(encoded(document), overlay.encode(), **options)
    return {*found.api.messages} - {"Book", "Author", "ListBooksResponse"}


def test_all_are_generated_where_no_methods_are_chosen(load: Load) -> None:
    package = load(files(with_events()))
    event = package.CODECS.decode(
        package.Sale, b'{"at": "2026-01-02T03:04:05Z", "book": {"name": "x"}, "till": {}}'
    )
    assert event.book == package.Book(name="x")
    assert isinstance(event.till, package.SaleTill)


@pytest.mark.parametrize(
    ("overlay", "options", "want"),
    [
        ("", {}, {"Sale", "SaleTill", "Strike"}),
        ("", {"messages": ()}, set()),
        ("", {"messages": ("Strike",)}, {"Strike"}),
        ("", {"methods": [CREATE]}, set()),
        ("", {"methods": [CREATE], "messages": ("Sale",)}, {"Sale", "SaleTill"}),
        ("", {"methods": [CREATE], "messages": ("*",)}, {"Sale", "SaleTill", "Strike"}),
        (f'generate = ["{CREATE}"]', {}, set()),
        (f'generate = ["{CREATE}"]\nmessages = ["Strike"]', {}, {"Strike"}),
        (f'generate = ["{CREATE}"]\nmessages = ["Strike"]', {"messages": ()}, set()),
        (f'generate = ["{CREATE}"]\n[messages.Strike]\ngenerate = true', {}, {"Strike"}),
        ("[messages.Strike]\ngenerate = true", {}, {"Sale", "SaleTill", "Strike"}),
        ("messages = []", {}, set()),
    ],
)
def test_choice_of_schemas(overlay: str, options: dict[str, Any], want: set[str]) -> None:
    assert messages(with_events(), overlay, **options) == want


def test_rules_of_the_overlay_hold_for_them() -> None:
    overlay = '[messages.Sale]\nfields.at.required = true\nunions.what.members = ["book", "till"]'
    made = read_lowered(encoded(with_events()), overlay.encode()).api.messages["Sale"]
    assert [group.wire for group in made.groups] == ["what"]


def test_a_line_says_how_many_are_left_out(shop: Shop) -> None:
    assert "left out" not in shop.run("generate").output
    lines = shop.run("generate", "--methods", CREATE).output.splitlines()
    assert lines[-1].startswith(
        "3 schemas that no method reaches are left out (--messages NAME ... adds some"
    )
    lines = shop.run("generate", "--messages", "Sale", "--methods", CREATE).output.splitlines()
    assert lines[-1].startswith("2 schemas that no method reaches are left out")
    lines = shop.run("generate", "--only-reached").output.splitlines()
    assert lines[-1].startswith("2 schemas that no method reaches are left out")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--messages", "No"], "options#/messages: the document has no schema 'No'"),
        (["--messages", "Sale", "--only-reached"], "/only-reached: goes without --messages"),
    ],
)
def test_choice_that_is_refused(shop: Shop, arguments: list[str], words: str) -> None:
    result = shop.run("generate", *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True)


def test_list_of_the_overlay_that_is_wrong() -> None:
    with pytest.raises(SpecError, match="/messages: expected a list of strings"):
        messages(with_events(), "messages = [1]")
    with pytest.raises(SpecError, match="/messages: the document has no schema 'No'"):
        messages(with_events(), 'messages = ["No"]')


@pytest.mark.parametrize(
    ("options", "kept"), [(["--messages", "Sale", "Strike"], "Sale\nStrike"), (["--only-reached"], "")]
)
def test_check_and_upgrade_take_the_choice_from_the_lock(
    shop: Shop, tmp_path: Path, options: list[str], kept: str
) -> None:
    shop.run("generate", "--methods", CREATE, *options)
    assert read_lock(shop.files()[FILE]).options == {"messages": kept}
    assert shop.run("check", "--methods", CREATE).output == ""
    before = shop.files()["messages.py"]
    document = {**with_events(), "revision": "20260202"}
    (tmp_path / "new.json").write_bytes(encoded(document))
    result = shop.run("upgrade", "--methods", CREATE, "--new", str(tmp_path / "new.json"))
    assert result.exit_code == 0, result.output
    assert shop.files()["messages.py"] == before
    assert read_lock(shop.files()[FILE]).options == {"messages": kept}


def test_names_of_reached_types_do_not_move_for_them() -> None:
    document = with_events(BookCover={"id": "BookCover", "type": "object"})
    document["schemas"]["Book"]["properties"]["cover"] = {
        "type": "object",
        "properties": {"colour": {"type": "string"}},
    }
    before = read_lowered(encoded(document), messages=()).published
    assert before["message:Book.cover"] == "BookCover"
    after = read_lowered(encoded(document), published=before)
    assert after.published["message:Book.cover"] == "BookCover"
    assert after.published["message:BookCover"] == "BookCover2"


@pytest.mark.parametrize(
    "schemas",
    [
        {"Bad": {"id": "Bad", "type": "decimal"}},
        {"Bad": {"id": "Bad", "$ref": "Bad"}},
        {"Bad": {"id": "Bad", "type": "object", "properties": {"x": {"$ref": "No"}}}},
        {"Sale.till": {"id": "Sale.till", "type": "object", "properties": {"x": {"type": "string"}}}},
    ],
)
def test_one_that_cannot_be_read_is_left_out_and_what_has_it(schemas: dict[str, Any]) -> None:
    name = next(iter(schemas))
    user = {"id": "User", "type": "object", "properties": {"sale": {"$ref": "Sale"}, "bad": {"$ref": name}}}
    document = with_events(**schemas, User=user)
    found = read_lowered(encoded(document))
    assert found.warnings
    assert {"Sale", "Strike"} <= {*found.api.messages}
    assert "User" not in found.api.messages
    assert "User" in found.left_out
    with pytest.raises(SpecError):
        read_lowered(encoded(document), messages=("User",))


def test_a_change_of_one_is_a_change_in_both_directions() -> None:
    after = with_events()
    after["schemas"]["Sale"] = {"id": "Sale", "type": "object", "properties": {"book": {"$ref": "Author"}}}
    del after["schemas"]["Strike"]
    sides = [Given(name="old", document=encoded(with_events())), Given(name="new", document=encoded(after))]
    found = compare(*_apis(sides))
    assert ("message.removed", "Strike") in {(each.rule.id, each.place.path) for each in found.changes}
    assert all(each.place.direction is Direction.BOTH for each in found.changes)
    assert compare(*_apis(sides, messages=())).changes == ()
    assert {each.place.path for each in compare(*_apis(sides, messages=("Strike",))).changes} == {"Strike"}
    with pytest.raises(SpecError, match="neither document has a schema 'No'"):
        _apis(sides, messages=("No",))


def _apis(sides: list[Given], **options: Any) -> tuple[Any, Any]:
    found = read_sides(*sides, **options)
    return found.old, found.new


def test_a_copy_keeps_them_in_its_description(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "bookshop_copy"
    options = ["--document", str(shop.spec), "--methods", CREATE, "--messages", "Sale"]
    assert run("vendor", str(folder), *options).exit_code == 0
    description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    assert {*description["document"]["schemas"]} == {"Author", "Book", "Sale"}
    assert description["messages"] == ["Sale"]
    assert "class SaleTill" in (folder / "messages.py").read_text("utf-8")
    assert run("vendor", str(folder), "--check").exit_code == 0
    changed = with_events()
    changed["schemas"]["Sale"]["properties"] = {"at": {"type": "string"}}
    shop.write(changed)
    result = run("vendor", str(folder), "--update")
    assert (result.exit_code, "Sale.book" in result.output) == (0, True)


def test_models_and_openapi_have_them(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    run("openapi", str(shop.spec), "--out", str(path))
    assert {"Sale", "Strike"} <= {*json.loads(path.read_text("utf-8"))["components"]["schemas"]}
    run("openapi", str(shop.spec), "--out", str(path), "--only-reached")
    assert not {"Sale", "Strike"} & {*json.loads(path.read_text("utf-8"))["components"]["schemas"]}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}


def test_webhooks_and_callbacks_of_an_openapi_document() -> None:
    text = {"type": "object", "properties": {"x": {"type": "string"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            "/x": {
                "post": {
                    "operationId": "start",
                    "responses": {"204": {"description": ""}},
                    "callbacks": {"done": {"{$request.body#/url}": {"post": _body(text)}}},
                }
            }
        },
        "webhooks": {
            "sold": {"post": _body({"$ref": "#/components/schemas/Sale"})},
            "moved": {"post": _body({**text, "properties": {"to": {"$ref": "#/components/schemas/Shop"}}})},
            "odd": {"post": _body({"type": "decimal"})},
        },
        "components": {"schemas": {"Sale": text, "Shop": text, "Never": text}},
    }
    data = json.dumps(document).encode()
    found = read_lowered(data)
    assert {*found.api.messages} == {"Sale", "Shop", "Never", "MovedRequest", "StartDoneRequest"}
    assert "unknown type 'decimal'" in "".join(map(str, found.warnings))
    assert {*read_lowered(data, methods=["start"]).api.messages} == set()

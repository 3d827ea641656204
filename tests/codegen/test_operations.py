"""The schemas of the response and the metadata of operations, as the overlay states them by method."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.diff import Given, compare, read_sides
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_lowered

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import files

PRINT = "bookshop.books.print"
STATED = f'[methods."{PRINT}".operation]\nresponse = "Edition"\nmetadata = "PrintMetadata"\n'
URL = "type.googleapis.com/google.bookshop.v1."


def text(*wires: str) -> dict[str, Any]:
    return {"type": "object", "properties": {wire: {"type": "string"} for wire in wires}}


def press() -> dict[str, Any]:
    packed = {
        "type": "object",
        "additionalProperties": {"type": "any", "description": "Contains field @type."},
    }
    document = bookshop()
    document["schemas"] |= {
        "Operation": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "done": {"type": "boolean"},
                "error": {"$ref": "Status"},
                "response": packed,
                "metadata": packed,
            },
        },
        "Status": {
            "type": "object",
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
        },
        "Edition": text("isbn"),
        "PrintMetadata": text("page"),
        "GoogleBookshopV1Scan": text("dpi"),
    }
    document["resources"]["books"]["methods"] |= {
        "print": {"id": PRINT, "httpMethod": "POST", "path": "v1/print", "response": {"$ref": "Operation"}},
        "scan": {"id": "scan", "httpMethod": "POST", "path": "v1/scan", "response": {"$ref": "Operation"}},
    }
    return document


def operation(wire: str, name: str) -> bytes:
    return json.dumps(
        {"name": "operations/1", wire: {"@type": f"{URL}{name}", "isbn": "1", "page": "2"}}
    ).encode()


def test_an_operation_holds_what_the_overlay_states(load: Load) -> None:
    overlay = f'{STATED}[methods.scan.operation]\nresponse = "GoogleBookshopV1Scan"'
    package = load(files(press(), overlay))
    read = package.CODECS.decode
    for name, cls in (("Edition", package.Edition), ("Scan", package.GoogleBookshopV1Scan)):
        found = read(package.Operation, operation("response", name))
        assert isinstance(found.response, cls)
        assert json.loads(package.CODECS.encode(found)) == json.loads(operation("response", name))
    assert read(package.Operation, operation("metadata", "PrintMetadata")).metadata.page == "2"
    for name in ("SecondEdition", "Other", "edition.Part", "." * 5000):
        assert isinstance(read(package.Operation, operation("response", name)).response, dict)
    assert "response: Edition | GoogleBookshopV1Scan | " in files(press(), overlay)["messages.py"]


def test_an_operation_that_is_made_is_read_back(load: Load) -> None:
    package = load(files(press(), STATED))
    made = package.Operation(response=package.Edition(isbn="1"))
    assert isinstance(
        package.CODECS.decode(package.Operation, package.CODECS.encode(made)).response, package.Edition
    )


def test_a_url_that_the_overlay_gives_is_sent_in_place_of_one_without_package() -> None:
    overlay = f'{STATED}[messages.Operation.packed.response]\n"{URL}Edition" = "Edition"\n'
    assert f'Packed((("{URL}Edition", "Edition"),))' in files(press(), overlay)["codecs.py"]


def test_the_schemas_are_generated_for_wanted_methods_alone() -> None:
    found = read_lowered(encoded(press()), STATED.encode(), methods=["bookshop.books.get"])
    assert "Edition" not in found.api.messages
    found = read_lowered(encoded(press()), STATED.encode(), methods=[PRINT])
    assert {"Edition", "PrintMetadata"} <= {*found.api.messages}
    assert found.api.methods[PRINT].waiting is not None


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        (STATED.replace("Edition", "No"), "/operation/response: the rule matches nothing: no message 'No'"),
        (STATED.replace(PRINT, "bookshop.books.get"), "/operation: bookshop.books.get returns no operation"),
        (f'[methods."{PRINT}"]\noperation_metadata = "Status"\n{STATED}', "operation.metadata differ"),
    ],
)
def test_a_rule_that_is_refused(overlay: str, words: str) -> None:
    with pytest.raises(SpecError, match=words.replace(".", r"\.")):
        read_lowered(encoded(press()), overlay.encode())


def test_a_schema_that_a_revision_lacks_leaves_the_rule() -> None:
    after = press()
    del after["schemas"]["Edition"]
    given = [Given(name="x", document=encoded(each), overlay=STATED.encode()) for each in (press(), after)]
    sides = read_sides(*given)
    assert "message.removed" in {each.rule.id for each in compare(sides.old, sides.new).changes}

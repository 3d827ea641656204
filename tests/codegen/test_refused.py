"""Inputs that are refused: each with its place, in few words, and before anything is generated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.problem import SpecError

from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import output


def aliases(**schemas: dict[str, Any]) -> dict[str, Any]:
    document = with_property("x", {"$ref": "A"})
    document["schemas"] |= {name: {"id": name, **schema} for name, schema in schemas.items()}
    return document


def placed(**properties: dict[str, Any]) -> dict[str, Any]:
    document = bookshop()
    document["schemas"]["Book"]["properties"] |= properties
    return document


def top(**changes: Any) -> dict[str, Any]:
    return {**bookshop(), **changes}


INNER = {"type": "object", "properties": {"b": {"type": "object", "properties": {"x": {"type": "string"}}}}}
OTHER = {"type": "object", "properties": {"y": {"type": "boolean"}}}
REFUSED: dict[str, tuple[dict[str, Any] | bytes, str]] = {
    "alias of itself": (aliases(A={"$ref": "A"}), "#/schemas/A"),
    "aliases of one another": (aliases(A={"$ref": "B"}, B={"$ref": "A"}), "#/schemas/"),
    "two inline objects at one place": (placed(**{"a": INNER, "a.b": OTHER}), "#/schemas/Book/properties/a"),
    "schema id of an inline object": (
        {
            **placed(a=INNER, z={"$ref": "Book.a"}),
            "schemas": {**placed(a=INNER, z={"$ref": "Book.a"})["schemas"], "Book.a": OTHER},
        },
        "#/schemas/Book.a",
    ),
    "64 levels of lists": (
        json.dumps(aliases(A=json.loads('{"type":"array","items":' * 70 + "{}" + "}" * 70))).encode(),
        "64",
    ),
    "UTF-16": (json.dumps(bookshop()).encode("utf-16"), "not UTF-8 at byte 0"),
    "UTF-16 without a mark": (json.dumps(bookshop()).encode("utf-16-le"), "not"),
    "Latin-1": (b'{"kind": "caf\xe9"}', "not UTF-8 at byte 13"),
    "nothing": (b"", "not JSON at line 1 column 1"),
    "null": (b"null", "the root is not an object"),
    "two documents": (b"{} {}", "not JSON at line 1 column 4"),
    "-Infinity": (b'{"a": -Infinity}', "not JSON"),
    "control character": (b'{"a": "\x01"}', "not JSON at line 1"),
    "too large": (b" " * (64 * 1024 * 1024 + 1), "larger than"),
    "surrogate in the title": (top(title="\ud800"), "#/title"),
    "surrogate in a name": (
        placed(**{"\ud800": {"type": "string"}}),
        "#/schemas/Book/properties/\\ud800: a lone",
    ),
    "surrogate in an enum": (placed(x={"type": "string", "enum": ["\ud800"]}), "properties/x/enum: a lone"),
    "place that moves the cursor": (
        top(schemas={"\x1b[2J\u202e\n": 1}),
        "#/schemas/\\x1b[2J\\u202e\\n: expected",
    ),
    "schemas as a list": (top(schemas=[]), "#/schemas: expected an object"),
    "schema as text": (top(schemas={"Book": "class"}), "#/schemas/Book: expected an object"),
    "methods as a list": (top(methods=[1]), "#/methods: expected an object"),
    "resource as null": (top(resources={"x": None}), "#/resources/x: expected an object"),
    "revision as a number": (top(revision=20260101), "#/revision: expected a string"),
    "unknown key of a schema": (placed(x={"type": "string", "servers": []}), "/x/servers: unknown construct"),
    "pointer that needs escapes": (top(schemas={"a/b~c": 1}), "#/schemas/a~1b~0c: expected an object"),
    "method id used twice": (
        top(methods={"x": {"id": "bookshop.books.get", "httpMethod": "GET", "path": "v1/x"}}),
        "is used twice",
    ),
    "body that is text": (
        {
            **aliases(A={"type": "string"}),
            "methods": {"x": {"id": "b.x", "httpMethod": "POST", "path": "v1/x", "request": {"$ref": "A"}}},
        },
        "#/methods/x/request: a body that is not an object",
    ),
    "parameter in a header": (
        top(
            methods={
                "x": {
                    "id": "b.x",
                    "httpMethod": "GET",
                    "path": "v1/x",
                    "parameters": {"Host": {"type": "string", "location": "header"}},
                }
            }
        ),
        "#/methods/x/parameters/Host/location",
    ),
    "backslash in the host": (top(rootUrl="https://evil.example\\.googleapis.com/"), "#/rootUrl"),
    "escape in the host": (top(rootUrl="https://evil.example%2f.googleapis.com/"), "#/rootUrl"),
    "line end in the URL": (top(rootUrl="https://shop.googleapis.com/\r\nX: y/"), "#/rootUrl"),
    "line end in a version": (
        top(methods={"x": {"id": "b.x", "httpMethod": "GET", "path": "x", "apiVersion": "1\r\nX: y"}}),
        "#/methods/x/apiVersion",
    ),
    "empty label": (top(rootUrl="https://.googleapis.com/"), "#/rootUrl"),
    "letter like another": (top(rootUrl="https://shop.g\u043eogleapis.com/"), "#/rootUrl"),
    "escaped dot segment": (top(rootUrl="https://shop.googleapis.com/%2e%2e/"), "#/rootUrl"),
    "dot segment in servicePath": (top(servicePath="../admin/"), "#/rootUrl"),
    "another host in servicePath": (top(rootUrl="https:", servicePath="//evil.example/"), "#/rootUrl"),
}


@pytest.mark.parametrize(("document", "words"), REFUSED.values(), ids=REFUSED)
def test_document_that_is_refused_with_a_place(document: dict[str, Any] | bytes, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        output(document)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 2_000


def test_two_families_whose_variants_would_share_a_class() -> None:
    text = {"type": "string"}
    document = placed(x={"$ref": "Foo"}, y={"$ref": "FooBar"})
    document["schemas"]["Foo"] = {"id": "Foo", "type": "object", "properties": {"barBaz": text}}
    document["schemas"]["FooBar"] = {"id": "FooBar", "type": "object", "properties": {"baz": text}}
    unions = '[messages.Foo.unions.a]\nmembers = ["barBaz"]\n[messages.FooBar.unions.a]\nmembers = ["baz"]\n'
    with pytest.raises(SpecError, match=r"#/schemas/FooBar: its variant Baz has the class of Foo\.BarBaz"):
        output(document, unions)
    plain = "[messages.Foo]\nfamily = false\n"
    assert "class BarBaz:" in output(document, plain + unions).files["messages.py"]

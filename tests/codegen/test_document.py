"""Reading documents: what is refused, where, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.ir import (
    Body,
    Content,
    Media,
    MessageRef,
    Response,
    SchemeRequirement,
    Server,
)
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import files


def refusal(document: dict[str, Any] | bytes, overlay: bytes | None = None) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(SpecError) as caught:
        read_api(data, overlay)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe{}", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"[]", "the root is not an object"),
        (b'{"a": 1,\n "a": 2}', "duplicate key 'a' at line 2 column 2"),
        ('{"\u00e9": 1,\n "\u00e9": 2}'.encode(), "duplicate key '\u00e9' at line 2 column 2"),
        (
            '{"\u6f22\U0001f600": 1,\n  "\u6f22\U0001f600" : 2}'.encode(),
            "duplicate key '\u6f22\U0001f600' at line 2 column 3",
        ),
        (b'{"\\u00e9": 1,\n "x": {}, "\\u00E9": 2}', "duplicate key '\u00e9' at line 2 column 11"),
        (b'{"a/\\"b": 1, "a\\/\\u0022b": 2}', "duplicate key 'a/\"b' at line 1 column 14"),
        (b'{"a": 1, "a": 2, "x": "a", "y": {"b": "a\\": "}}', "duplicate key 'a' at line 1 column 10"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": Infinity}', "Infinity is not JSON"),
        (b'{"a": 1,}', "not JSON at line 1"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested deeper than 64"),
        (b"[" * 1_000_000, "nested deeper than 64"),
        (b'{"n": ' + b"1" * 5_000 + b"}", "not JSON"),
        (b'{"kind": "other"}', "not a Discovery document"),
    ],
)
def test_text_that_is_no_document(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({"type": "string", "x-python-import": {"module": "os"}}, "x-python-import", "unknown construct"),
        ({"type": "string", "customTypePath": "os.system"}, "customTypePath", "unknown construct"),
        ({"type": "int128"}, "type", "unknown type 'int128'"),
        ({"type": "integer", "format": "int128"}, "format", "unknown format 'int128'"),
        ({"$ref": "Missing"}, "x", "unresolved $ref 'Missing'"),
        ({"$ref": "file:///etc/passwd"}, "x", "unresolved $ref"),
        ({"$ref": "https://evil.example/s.json#/x"}, "x", "unresolved $ref"),
        ({"$ref": "../../x"}, "x", "unresolved $ref"),
        (
            {"type": "integer", "format": "int32", "default": "__import__('os').getcwd()"},
            "default",
            "not valid for type",
        ),
        ({"type": "boolean", "default": "yes"}, "default", "not valid for type boolean"),
        ({"type": "number", "minimum": "low"}, "minimum", "not valid for type number"),
        ({"type": "array"}, "x", "an array without items"),
        ({}, "x", "neither a type nor a $ref"),
        ({"type": "object", "$ref": "Book"}, "x", "both a type and a $ref"),
        ({"type": "string", "enum": "A"}, "enum", "expected a list of strings"),
        ({"type": "string", "enum": [1]}, "enum", "expected a list of strings"),
        ({"type": "string", "description": 5}, "description", "expected a string"),
        ({"type": "string", "description": "\ud800"}, "description", "a lone surrogate is not text"),
        ({"type": "string", "readOnly": "yes"}, "readOnly", "expected true or false"),
        ({"type": ["string", "null"]}, "type", "expected a string"),
        ({"oneOf": []}, "oneOf", "unknown construct"),
    ],
)
def test_schema_that_is_refused(schema: dict[str, Any], pointer: str, words: str) -> None:
    text = refusal(with_property("x", schema))
    assert words in text
    assert f"/{pointer}: " in text
    assert "#/schemas/Book/properties/x" in text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://shop.googleapis.com/", "must be https"),
        ("http://169.254.169.254/", "must be https"),
        ("https://shop.googleapis.com.evil.example/", "is not one of"),
        ("https://evilgoogleapis.com/", "is not one of"),
        ("https://x@shop.googleapis.com/", "user information"),
        ("https://shop.googleapis.com:8443/", "standard port"),
        ("https://shop.googleapis.com/../x/", "dot segment"),
        ("https://shop.googleapis.com/?x=1", "a query"),
        ("file:///etc/", "must be https"),
        ("https://[::1/", "not a URL"),
    ],
)
def test_root_url_that_is_refused(url: str, words: str) -> None:
    assert words in refusal({**bookshop(), "rootUrl": url})


def method(**changes: Any) -> dict[str, Any]:
    document = bookshop()
    document["resources"]["books"]["methods"]["get"].update(changes)
    return document


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("v1/{+name}/../admin", "dot segment"),
        ("v1/./{+name}", "dot segment"),
        ("v1/{name", "template syntax at column 4"),
        ("v1/}", "template syntax at column 4"),
        ("v1/{}", "template syntax at column 4"),
        ("v1/a{name}b", "inside a segment"),
        ("v1/{name}{name}", "without a separator"),
        ("v1/{name}/{name}", "used twice"),
        ("v1/{other}", "path parameter 'other' is not declared"),
        ("v1/{+name}?key=1", "template syntax at column 11"),
        ("v1/{+name}#x", "template syntax"),
        ("v1/{+name} ", "template syntax"),
        ("v1/%2e%2e/{+name}", "template syntax"),
        ("v1/{#name}", "template syntax"),
    ],
)
def test_path_that_is_refused(path: str, words: str) -> None:
    assert words in refusal(method(path=path))


@pytest.mark.parametrize("verb", ["CONNECT", "TRACE", "get", "GET\r\nX: y", ""])
def test_verb_that_is_refused(verb: str) -> None:
    assert "unknown HTTP method" in refusal(method(httpMethod=verb))


@pytest.mark.parametrize("name", ['Foo; import os; os.system("x")', "../../evil", "con/aux", "", "a b", "é"])
def test_schema_id_that_is_refused(name: str) -> None:
    document = with_property("x", {"$ref": name})
    document["schemas"][name] = {"id": name, "type": "object", "properties": {"a": {"type": "string"}}}
    assert "is not an identifier" in refusal(document)


@pytest.mark.parametrize("name", ['x"); import os', "a/b", "__import__('os')", "a b"])
def test_method_id_that_is_refused(name: str) -> None:
    assert "is not an identifier" in refusal(method(id=name))


def test_every_problem_of_a_run_is_reported_sorted() -> None:
    document = with_property("x", {"type": "int128"})
    document["schemas"]["Book"]["properties"]["y"] = {"$ref": "Nowhere"}
    document["rootUrl"] = "http://shop.googleapis.com/"
    with pytest.raises(SpecError) as caught:
        read_api(json.dumps(document).encode(), b"nonsense = 1")
    problems = caught.value.problems
    assert len(problems) == 4
    assert list(problems) == sorted(problems)


def test_a_pattern_that_could_hang_is_kept_as_documentation() -> None:
    document = bookshop()
    parameter = document["resources"]["books"]["methods"]["get"]["parameters"]["name"]
    parameter["pattern"] = "(.+[<,<=,==,>=,>,<>].+,)*(.+[<,<=,==,>=,>,<>].+)"
    found = read_api(json.dumps(document).encode()).methods["bookshop.books.get"].parameters[0]
    assert found.rules.pattern == parameter["pattern"]
    assert not found.rules.pattern_is_linear


def test_a_method_says_its_bodies_answers_and_who_may_call() -> None:
    document = bookshop()
    document["features"] = ["dataWrapper"]
    method = document["resources"]["books"]["methods"]["get"]
    method |= {
        "httpMethod": "POST",
        "request": {"$ref": "Book"},
        "scopes": ["scope.b", "scope.a"],
        "apiVersion": "2026-01",
        "supportsMediaUpload": True,
        "mediaUpload": {
            "accept": ["image/*"],
            "maxSize": "10MB",
            "protocols": {
                "simple": {"multipart": True, "path": "/upload/v1/books"},
                "resumable": {"multipart": True, "path": "/resumable/v1/books"},
            },
        },
    }
    api = read_api(json.dumps(document).encode())
    found = api.methods["bookshop.books.get"]
    content = (Content(media_type="application/json", type=MessageRef("Book")),)
    assert found.body == Body(contents=content, envelope="data")
    assert found.responses == (Response(low=200, high=299, contents=content, envelope="data"),)
    assert found.security == ((SchemeRequirement(scheme="google", scopes=("scope.a", "scope.b")),),)
    assert found.headers == (("x-goog-api-version", "2026-01"),)
    assert found.media == Media(
        simple="/upload/v1/books",
        resumable="/resumable/v1/books",
        max_size="10MB",
        accept=("image/*",),
        upload=True,
    )
    assert api.servers == (Server(url="https://bookshop.googleapis.com/"),)
    assert api.schemes.keys() == {"google"}
    assert (api.aliases, api.messages["Book"].sent, api.messages["Book"].received) == ({}, True, True)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "v1/{+nowhere}"},
        {"parameters": {"name": {"type": "string", "location": "header"}}},
        {"response": {"$ref": "Nowhere"}},
    ],
    ids=["path", "location", "reference"],
)
def test_a_fault_of_a_method_refuses_those_who_want_it_alone(change: dict[str, Any]) -> None:
    document = bookshop()
    methods = document["resources"]["books"]["methods"]
    methods["other"] = {
        **methods["get"],
        "id": "bookshop.books.other",
        "path": "v1/other",
        "parameters": {},
        **change,
    }
    data = json.dumps(document).encode()
    with pytest.raises(SpecError, match="/resources/books/methods/other"):
        read_api(data)
    assert read_api(data, methods=["bookshop.books.get"]).methods.keys() == {"bookshop.books.get"}


def test_a_type_that_holds_itself_has_a_name(load: Load) -> None:
    document = with_property("tree", {"$ref": "Tree"})
    document["schemas"]["Tree"] = {"id": "Tree", "type": "array", "items": {"$ref": "Branches"}}
    document["schemas"]["Branches"] = {
        "id": "Branches",
        "type": "object",
        "additionalProperties": {"$ref": "Tree"},
    }
    shop = load(files(document))
    book = shop.decode(shop.Book, b'{"tree": [{"left": [], "right": [{}]}]}')
    assert book.tree == ({"left": (), "right": ({},)},)
    assert shop.encode(book) == b'{"tree":[{"left":[],"right":[{}]}]}'

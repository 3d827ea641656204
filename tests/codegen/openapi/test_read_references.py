"""References: inside the document, and to those that were fetched beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.ir import Kind, ListOf, MessageRef, Scalar

from tests.codegen.openapi.shop import document, operation, read, referred, refusals, tried

STRING = Scalar(Kind.STRING)
OK = {"200": {"description": ""}}
JSON = "application/json"


def test_every_node_may_be_a_reference() -> None:
    components = {
        "parameters": {
            "limit": {"$ref": "#/components/parameters/size"},
            "size": {"name": "n", "in": "query", "schema": {"type": "integer"}},
        },
        "requestBodies": {"new": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Book"}}}}},
        "responses": {
            "ok": {"description": "", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Book"}}}}
        },
        "securitySchemes": {
            "key": {"$ref": "#/components/securitySchemes/own"},
            "own": {"type": "http", "scheme": "basic"},
        },
        "pathItems": {
            "books": operation(
                verb="post",
                parameters=[{"$ref": "#/components/parameters/limit"}],
                requestBody={"$ref": "#/components/requestBodies/new"},
                responses={"200": {"$ref": "#/components/responses/ok"}},
                security=[{"key": []}],
            )["/books"]
        },
    }
    paths = {"/books": {"$ref": "#/components/pathItems/books"}}
    draft = read(document({"Book": {"properties": {"a": {}}}}, paths, components=components))
    method = draft.api.methods["op"]
    assert [each.wire for each in method.parameters] == ["n"]
    assert (method.request, method.response) == ("Book", "Book")
    assert method.security is not None
    assert method.security[0][0].scheme == "key"


def test_escaped_pointers() -> None:
    box = {"properties": {"x": {"$ref": "#/components/schemas/a~1b~0c%20d"}}}
    draft = read(document({"Box": box, "a/b~c d": {"properties": {"y": {}}}}))
    assert draft.api.messages["Box"].fields[0].type == MessageRef("a/b~c d")


def test_a_pointer_into_a_list_and_through_a_path() -> None:
    parameter = {
        "name": "p",
        "in": "query",
        "schema": {"type": "object", "properties": {"y": {"type": "string"}}},
    }
    paths = operation(
        "/a/{b}", parameters=[{"name": "b", "in": "path", "required": True, "schema": {}}, parameter]
    )
    box = {"properties": {"x": {"$ref": "#/paths/~1a~1%7Bb%7D/get/parameters/1/schema"}}}
    draft = read(document({"Box": box}, paths))
    assert draft.api.messages["Box"].fields[0].type == MessageRef("/paths/~1a~1{b}/get/parameters/1/schema")


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("#/components/schemas/Gone", "the reference leads nowhere"),
        ("#/components/schemas/Box/properties/x/9", "the reference leads nowhere"),
        ("#/info/title", "expected a schema"),
        ("#anchor", "'anchor' is no JSON pointer, and no anchor"),
        (3, "expected a string"),
        ("other.yaml", "'other.yaml' is not at hand"),
        ("https://example.com/a.yaml#/x", "'https://example.com/a.yaml' is not at hand"),
        ("../other.yaml", "leads out of the folder of the document"),
        ("a/../../../etc/passwd", "leads out of the folder of the document"),
        ("/etc/passwd", "leads out of the folder of the document"),
        ("..%2F..%2Fetc/passwd", "leads out of the folder of the document"),
        ("..\\..\\etc\\passwd", "leads out of the folder of the document"),
        ("file:///etc/passwd", "'file:///etc/passwd' is not at hand"),
        ("http://[", "is not a URI"),
    ],
)
def test_references_that_are_refused_where_they_are(ref: Any, words: str) -> None:
    draft = referred({"properties": {"x": {"$ref": ref}}}, Box={"properties": {"x": {}}})
    assert any(words in message for _, message in refusals(draft))
    assert set(draft.faults) == {"op"}


@pytest.mark.parametrize(("keyword", "anchor"), [("$ref", "$anchor"), ("$dynamicRef", "$dynamicAnchor")])
def test_an_anchor_names_a_schema(keyword: str, anchor: str) -> None:
    node = {anchor: "node", "type": "object", "properties": {"below": {keyword: "#node"}}}
    box = {"properties": {"x": {"$ref": "#node"}, "y": {"default": {anchor: "node"}}}}
    draft = read(document({"Box": box, "Node": node}))
    assert draft.api.messages["Box"].fields[0].type == MessageRef("Node")
    assert draft.api.messages["Node"].fields[0].type == MessageRef("Node")


def test_an_anchor_of_another_document_is_its_own() -> None:
    other = {"$defs": {"A": {"$anchor": "a", "type": "string", "format": "date"}}}
    mine = {"$anchor": "a", "type": "integer"}
    box = {"properties": {"x": {"$ref": "other.json#a"}, "y": {"$ref": "#a"}}}
    draft = read(document({"Box": box, "Mine": mine}), references={"other.json": json.dumps(other).encode()})
    x, y = draft.api.messages["Box"].fields
    assert isinstance(x.type, MessageRef)
    assert (draft.api.aliases[x.type.name].type, y.type) == (Scalar(Kind.DAY), MessageRef("Mine"))


def test_an_anchor_at_two_places_is_refused() -> None:
    # The one that holds is chosen by the way to it, as for the types of a generic list.
    schemas = {name: {"$dynamicAnchor": "item", "type": name.lower()} for name in ("String", "Integer")}
    draft = referred({"type": "array", "items": {"$dynamicRef": "#item"}}, **schemas)
    assert [message for _, message in refusals(draft)] == ["'item' is at 2 places"]


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    "schemas",
    [
        {"A": ref("A")},
        {"A": ref("B"), "B": ref("C"), "C": ref("A")},
        {"A": {"allOf": [ref("A"), {"properties": {"x": {}}}]}},
        {
            "A": {"allOf": [ref("B")], "properties": {"x": {}}},
            "B": {"allOf": [ref("A"), {"properties": {"y": {}}}]},
        },
        {"A": {"anyOf": [ref("A")]}},
    ],
)
def test_cycles_without_an_end_are_refused(schemas: dict[str, Any]) -> None:
    assert any("a reference cycle" in message for _, message in refusals(referred(ref("A"), **schemas)))


@pytest.mark.parametrize(
    "components",
    [
        {
            "parameters": {
                "a": {"$ref": "#/components/parameters/b"},
                "b": {"$ref": "#/components/parameters/a"},
            }
        },
        {"parameters": {"a": {"$ref": "#/components/parameters/a"}}},
    ],
)
def test_cycles_of_parameters(components: dict[str, Any]) -> None:
    paths = operation(parameters=[{"$ref": "#/components/parameters/a"}])
    assert "a reference cycle" in refusals(tried(document(paths=paths, components=components)))[0][1]


FILES = {
    "schemas/book.yaml": b"type: object\nproperties:\n  title: {type: string}\n  author: {$ref: 'author.yaml'}\n  next: {$ref: '#'}\n  shop: {$ref: '../api.yaml#/components/schemas/Shop'}\n",
    "schemas/author.yaml": b'{"type": "object", "properties": {"name": {"$ref": "../common.yaml#/Name"}}}',
    "common.yaml": b"Name: {type: string, maxLength: 9, nullable: true}\n",
    "parameters/limit.yaml": b"name: limit\nin: query\nschema: {type: integer}\n",
    "responses.yaml": b"ok:\n  description: ''\n  content: {application/json: {schema: {$ref: 'schemas/book.yaml'}}}\n",
}


def multifile() -> dict[str, Any]:
    paths = operation(
        parameters=[{"$ref": "parameters/limit.yaml"}], responses={"200": {"$ref": "./responses.yaml#/ok"}}
    )
    return document(
        {"Shop": {"properties": {"books": {"type": "array", "items": {"$ref": "schemas/book.yaml"}}}}},
        paths,
        "3.0.3",
    )


def test_files_beside_the_document() -> None:
    draft = read(multifile(), references=FILES, base="api.yaml")
    method = draft.api.methods["op"]
    assert [each.wire for each in method.parameters] == ["limit"]
    assert method.response == "schemas/book.yaml#"
    book = draft.api.messages["schemas/book.yaml#"]
    assert book.place == "book"
    types = {each.wire: each.type for each in book.fields}
    assert types == {
        "title": STRING,
        "author": MessageRef("schemas/author.yaml#"),
        "next": MessageRef("schemas/book.yaml#"),
        "shop": MessageRef("Shop"),
    }
    assert draft.api.messages["Shop"].fields[0].type == ListOf(MessageRef("schemas/book.yaml#"))
    assert draft.api.aliases["common.yaml#/Name"].rules.max_length == 9


def test_documents_by_their_address() -> None:
    files = {f"https://example.com/v1/{name}": data for name, data in FILES.items()}
    draft = read(multifile(), references=files, base="https://example.com/v1/api.yaml")
    assert draft.api.methods["op"].response == "https://example.com/v1/schemas/book.yaml#"


def test_a_file_that_cannot_be_read_is_a_fault_where_it_is_needed() -> None:
    files = {**FILES, "schemas/author.yaml": b"{not json"}
    draft = tried(multifile(), references=files, base="api.yaml")
    assert any("not JSON at line 1" in message for _, message in refusals(draft))


def test_a_problem_says_in_which_file_it_is() -> None:
    files = {**FILES, "common.yaml": b"Name: {type: text}\n"}
    draft = tried(multifile(), references=files, base="api.yaml")
    problems = [problem for found in draft.faults.values() for problem in found]
    assert {(each.source, each.pointer) for each in problems} == {("common.yaml", "/Name/type")}

"""Descriptions that the outside vectors call bad, by their row, each with the place and the words of its refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from tests.codegen.documents import bookshop, encoded, with_property
from tests.hostile.canary import RUN

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
    17: [
        Refused(top(rootUrl="https://x@evil/"), "/rootUrl", "user information"),
        Refused(top(rootUrl="https://[::1]evil.example/"), "/rootUrl", "not a URL"),
    ],
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

"""A small document to change: a bookshop."""

from __future__ import annotations

import copy
import json
from typing import Any

BOOKSHOP: dict[str, Any] = {
    "kind": "discovery#restDescription",
    "id": "bookshop:v1",
    "name": "bookshop",
    "version": "v1",
    "revision": "20260101",
    "title": "Bookshop API",
    "rootUrl": "https://bookshop.googleapis.com/",
    "servicePath": "",
    "parameters": {"alt": {"type": "string", "location": "query"}},
    "schemas": {
        "Book": {
            "id": "Book",
            "type": "object",
            "description": "A book.",
            "properties": {
                "name": {"type": "string", "description": "Its name."},
                "pages": {"type": "integer", "format": "int32"},
                "sold": {"type": "string", "format": "int64"},
                "genre": {"type": "string", "enum": ["GENRE_UNSPECIFIED", "POETRY", "PROSE"]},
                "authors": {"type": "array", "items": {"$ref": "Author"}},
            },
        },
        "Author": {"id": "Author", "type": "object", "properties": {"name": {"type": "string"}}},
        "ListBooksResponse": {
            "id": "ListBooksResponse",
            "type": "object",
            "properties": {
                "books": {"type": "array", "items": {"$ref": "Book"}},
                "nextPageToken": {"type": "string"},
            },
        },
    },
    "resources": {
        "books": {
            "methods": {
                "get": {
                    "id": "bookshop.books.get",
                    "httpMethod": "GET",
                    "path": "v1/{+name}",
                    "parameterOrder": ["name"],
                    "parameters": {
                        "name": {
                            "type": "string",
                            "location": "path",
                            "required": True,
                            "pattern": "^books/[^/]+$",
                        }
                    },
                    "response": {"$ref": "Book"},
                },
                "list": {
                    "id": "bookshop.books.list",
                    "httpMethod": "GET",
                    "path": "v1/books",
                    "parameters": {
                        "pageToken": {"type": "string", "location": "query"},
                        "pageSize": {"type": "integer", "format": "int32", "location": "query"},
                    },
                    "response": {"$ref": "ListBooksResponse"},
                },
                "create": {
                    "id": "bookshop.books.create",
                    "httpMethod": "POST",
                    "path": "v1/books",
                    "request": {"$ref": "Book"},
                    "response": {"$ref": "Book"},
                },
            }
        }
    },
}


def bookshop() -> dict[str, Any]:
    """The document, to change freely."""
    return copy.deepcopy(BOOKSHOP)


def with_property(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The document with one more property of `Book`."""
    document = bookshop()
    document["schemas"]["Book"]["properties"][name] = schema
    return document


def encoded(document: dict[str, Any]) -> bytes:
    """The document as it stands in a file."""
    return json.dumps(document).encode()


def wide(types: int) -> dict[str, Any]:
    """The bookshop with more types, each of which a book has."""
    document = bookshop()
    for number in range(types):
        schema = {"id": f"Shelf{number}", "type": "object", "properties": {"x": {"type": "string"}}}
        document["schemas"][f"Shelf{number}"] = schema
        document["schemas"]["Book"]["properties"][f"shelf{number}"] = {"$ref": f"Shelf{number}"}
    return document

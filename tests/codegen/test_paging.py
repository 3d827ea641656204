"""Which methods of a Discovery document page, and over what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_codegen.reader import read_api
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop

BOOKS = {"type": "array", "items": {"$ref": "Book"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
BY_PLACE = {"type": "object", "additionalProperties": {"$ref": "Book"}}


def document(
    answer: dict[str, Any], *, sent: str = "pageToken", got: str = "nextPageToken", verb: str = "GET"
) -> bytes:
    """A bookshop whose method `books.get` answers with these properties."""
    made = bookshop()
    token = {"type": "string"}
    made["schemas"]["Page"] = {"id": "Page", "type": "object", "properties": {**answer, got: token}}
    method = made["resources"]["books"]["methods"]["get"]
    method |= {"httpMethod": verb, "response": {"$ref": "Page"}}
    method["parameters"][sent] = {"type": "string", "location": "query"}
    return json.dumps(made).encode()


def items(data: bytes) -> str | None:
    """What the method pages over."""
    [method] = [each for each in read_api(data).methods.values() if each.wire == "get"]
    return None if method.paging is None else method.paging.items[0]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"volumes": BOOKS}, "volumes"),
        ({"volumes": BOOKS, "unreachable": TEXTS}, "volumes"),
        ({"names": TEXTS}, "names"),
        ({"names": TEXTS, "unreachable": TEXTS}, "names"),
        ({"unreachable": TEXTS}, None),
        ({"unreachables": TEXTS, "items": BY_PLACE}, "items"),
        ({"unreachables": TEXTS, "metadata": BY_PLACE}, None),
        ({"volumes": BOOKS, "metadata": BY_PLACE}, "volumes"),
        ({"warnings": BOOKS, "items": BOOKS}, "items"),
        ({"books": BOOKS, "recentBooks": BOOKS}, "books"),
        ({"results": BOOKS, "facets": BOOKS, "ranges": BOOKS}, "results"),
        ({"rows": BOOKS, "errors": BOOKS}, "rows"),
        ({"matchingBooks": BOOKS, "histograms": BOOKS}, "matchingBooks"),
        ({"bookData": BOOKS, "partialErrors": BOOKS}, "bookData"),
        ({"newBooks": BOOKS, "oldBooks": BOOKS}, None),
        ({"tags": BOOKS, "triggers": BOOKS}, None),
        ({"columns": TEXTS, "values": TEXTS}, None),
        ({}, None),
    ],
)
def test_items_are_those_that_the_method_is_called_after(answer: dict[str, Any], found: str | None) -> None:
    assert items(document(answer)) == found


@pytest.mark.parametrize(
    ("sent", "got", "verb", "pages"),
    [
        ("pageToken", "nextPageToken", "GET", True),
        ("pageToken", "nextPageToken", "POST", True),
        ("pageToken", "pageToken", "GET", True),
        ("nextPageToken", "nextPageToken", "GET", True),
        ("nextPageToken", "nextPageToken", "PATCH", False),
        ("cursor", "nextPageToken", "GET", False),
        ("pageToken", "startPageToken", "GET", False),
    ],
)
def test_tokens(sent: str, got: str, verb: str, pages: bool) -> None:
    assert (items(document({"books": BOOKS}, sent=sent, got=got, verb=verb)) == "books") is pages


def test_the_items_of_a_map_are_pairs(load: Load) -> None:
    data = document({"items": BY_PLACE, "unreachables": TEXTS})
    files = generate(Inputs(name="shop.json", document=data, package="shop")).files
    assert "-> Pager[tuple[str, messages.Book], messages.Page]" in files["client.py"]
    answers = iter(
        [
            {
                "items": {"zones/a": {"name": "one"}, "zones/b": {}},
                "nextPageToken": "t",
                "unreachables": ["c"],
            },
            {"nextPageToken": "u"},
            {"items": {"zones/d": {"name": "two"}}},
        ]
    )
    asked: list[str] = []

    def send(request: Request) -> Response:
        asked.append(request.url.partition("?")[2])
        return Response(status=200, body=json.dumps(next(answers)).encode())

    shop = load(files)
    found = list(shop.Client(transport=FunctionTransport(send), credentials=None).books.get("books/x"))
    assert [(place, book.name) for place, book in found] == [
        ("zones/a", "one"),
        ("zones/b", None),
        ("zones/d", "two"),
    ]
    assert asked == ["", "pageToken=t", "pageToken=u"]

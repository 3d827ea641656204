"""A document is read by its own key: OpenAPI, Discovery, or a clear refusal."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest
from groundwire_codegen.ir import ErrorShape
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_draft, read_lowered

from tests.codegen.documents import bookshop
from tests.codegen.openapi.shop import document, encoded, operation

OPENAPI = document(paths=operation())


@pytest.mark.parametrize(
    "data",
    [
        encoded(OPENAPI),
        json.dumps(OPENAPI, indent=2).encode(),
        codecs.BOM_UTF8 + encoded(OPENAPI),
        b" \r\n\t" + encoded(OPENAPI),
        b"# A comment.\nopenapi: 3.1.0\ninfo: {title: Book Shop, version: '1'}\npaths: {/books: {get: {operationId: op}}}\n",
        b"---\n'openapi': '3.1.0'\ninfo: {title: Book Shop, version: '1'}\npaths: {/books: {get: {operationId: op}}}\n",
        b"info: {title: Book Shop, version: '1'}\nopenapi: 3.1.0\npaths: {/books: {get: {operationId: op}}}\n",
    ],
)
def test_openapi(data: bytes) -> None:
    draft = read_draft(data)
    assert draft.api.errors is ErrorShape.BY_STATUS
    assert set(draft.api.methods) == {"op"}


def test_discovery() -> None:
    assert read_draft(encoded(bookshop())).api.errors is ErrorShape.GOOGLE


def test_a_discovery_document_that_speaks_of_openapi() -> None:
    value: dict[str, Any] = bookshop()
    value["description"] = 'Has an "openapi": twin.'
    value["schemas"]["Book"]["properties"]["openapi"] = {"type": "string"}
    assert read_draft(encoded(value)).api.errors is ErrorShape.GOOGLE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", "not a Discovery document, nor an OpenAPI one"),
        (b'{"kind": "storage#object"}', "not a Discovery document, nor an OpenAPI one"),
        (b'{"swagger": "2.0"}', "Swagger 2.0 is not read"),
        (b"swagger: '2.0'\ninfo: {}\n", "Swagger 2.0 is not read"),
        (b'{"openapi": "4.0.0"}', "OpenAPI '4.0.0' is not read"),
        (b"hello", "not JSON at line 1 column 1"),
        (b"", "not JSON at line 1 column 1"),
        (b"openapi: [", "not YAML at line"),
        (b"# openapi: 3.1.0\ntext", "not JSON"),
    ],
)
def test_neither(data: bytes, words: str) -> None:
    with pytest.raises(SpecError, match=words.replace("(", r"\(")):
        read_draft(data)


def test_warnings_of_a_document_are_passed_on() -> None:
    lowered = read_lowered(encoded({**OPENAPI, "odd": 1}))
    assert [each.message for each in lowered.warnings] == ["unknown keyword 'odd' is ignored"]


def test_a_fault_of_one_operation_lets_others_be_generated() -> None:
    paths = {**operation(), "/bad": {"get": {"operationId": "bad", "responses": {"x": {"description": ""}}}}}
    value = encoded(document(paths=paths))
    with pytest.raises(SpecError, match="no status"):
        read_lowered(value)
    assert set(read_lowered(value, methods=["op"]).api.methods) == {"op"}

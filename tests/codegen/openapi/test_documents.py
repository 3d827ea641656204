"""Published documents, where GROUNDWIRE_VECTORS has them: every operation is read, and every reference leads somewhere."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.ir import Api, Method, TypeRef, references
from groundwire_codegen.read.draft import Draft
from groundwire_codegen.read.openapi import read_document

from tests.audits.openapi import documents

OPENAPI = documents.folder() or Path("/nowhere")
NAMES = documents.names()
EXTERNAL = {
    "nasa-harmony-coverages.yaml": 2,
    "ogc-features-example2.yaml": 6,
    "pygeoapi.json": 32,
    "stac-transaction.yaml": 5,
}
"""Operations that refer to other documents; all others have no fault at all."""
pytestmark = pytest.mark.skipif(not NAMES, reason="GROUNDWIRE_VECTORS names no folder with OpenAPI documents")


@cache
def draft(name: str) -> Draft:
    return read_document(documents.read(name))


@cache
def plain(name: str) -> Any:
    """Return a document as other parsers read it."""
    return documents.parsed(documents.read(name))


def types(api: Api) -> Iterator[TypeRef]:
    for message in api.messages.values():
        yield from (each.type for each in message.wire_fields)
        if message.extra is not None:
            yield message.extra
    yield from (alias.type for alias in api.aliases.values() if alias.type is not None)
    for method in api.methods.values():
        yield from types_of(method)


def types_of(method: Method) -> Iterator[TypeRef]:
    yield from (each.type for each in method.parameters)
    contents = () if method.body is None else method.body.contents
    yield from (each.type for each in contents)
    yield from (each.type for response in method.responses for each in response.contents)


def test_all_are_here() -> None:
    assert len(NAMES) >= 29


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_read(name: str) -> None:
    expected = sorted((each.verb, each.path.partition("#")[0]) for each in documents.operations(plain(name)))
    found = draft(name)
    assert sorted((each.verb, each.path) for each in found.api.methods.values()) == expected
    assert found.problems == ()
    assert len(found.faults) == EXTERNAL.get(name, 0)
    assert all("is not at hand" in each.message for faults in found.faults.values() for each in faults)


@pytest.mark.parametrize("name", NAMES)
def test_every_component_is_there(name: str) -> None:
    schemas = (plain(name).get("components") or {}).get("schemas") or {}
    api = draft(name).api
    assert schemas.keys() <= {*api.messages, *api.enums, *api.aliases}


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_somewhere(name: str) -> None:
    api = draft(name).api
    named = {*api.messages, *api.enums, *api.aliases}
    assert {each for type_ in types(api) for each in references(type_)} <= named
    assert len(named) == len(api.messages) + len(api.enums) + len(api.aliases)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_types_share_a_place(name: str) -> None:
    api = draft(name).api
    places = [each.place for each in (*api.messages.values(), *api.enums.values())]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_read(name: str) -> None:
    """Only headers that the specification ignores, and path parameters that no path has, are left out."""
    methods = {(each.pointer): each for each in draft(name).api.methods.values()}
    for operation in documents.operations(plain(name)):
        expected = {
            (row["in"], row["name"])
            for row in operation.parameters
            if not (
                row["in"] == "header" and row["name"].lower() in ("accept", "content-type", "authorization")
            )
            and (row["in"] != "path" or f"{{{row['name']}}}" in operation.path)
        }
        found = {(each.location.value, each.wire) for each in methods[operation.pointer].parameters}
        assert expected <= found


def test_reading_does_not_depend_on_the_order_of_keys() -> None:
    value = plain("galaxy.yaml")
    turned = json.dumps(turn(value)).encode()
    assert read_document(turned).api == read_document(json.dumps(value).encode()).api


def turn(value: Any) -> Any:
    """Return a value with the keys of all objects the other way round; responses and contents as they are."""
    if isinstance(value, dict):
        return {key: inner if key == "content" else turn(inner) for key, inner in reversed(value.items())}
    return [turn(each) for each in value] if isinstance(value, list) else value


@cache
def fetched() -> dict[str, bytes]:
    """Return the documents that others refer to, by address."""
    rows = [row.split("\t") for row in (OPENAPI / "refs/refs.tsv").read_text().splitlines()]
    return {row[0]: (OPENAPI / "refs" / row[1]).read_bytes() for row in rows}


def files(archive: str) -> dict[str, bytes]:
    with tarfile.open(OPENAPI / "multifile" / archive) as tar:
        members = ((member.name, tar.extractfile(member)) for member in tar if member.isfile())
        return {name: stream.read() for name, stream in members if stream is not None}


def test_a_document_with_those_that_it_refers_to() -> None:
    found = read_document(documents.read("ogc-features-example2.yaml"), references=fetched())
    assert (found.problems, found.faults) == ((), {})
    assert "buildingGeoJSON" in found.api.messages


@pytest.mark.parametrize("archive", ["ogc-features.tgz", "stac-api.tgz"])
def test_documents_of_many_files(archive: str) -> None:
    folder = files(archive)
    documents = [
        name
        for name, text in folder.items()
        if name.endswith(".yaml") and b"\nopenapi:" in b"\n" + text[:4000]
    ]
    assert len(documents) >= 5
    for name in documents:
        found = read_document(folder[name], references={**fetched(), **folder}, base=name)
        assert (name, found.problems, found.faults) == (name, (), {})

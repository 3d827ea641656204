"""What a copy keeps of the description gives the same API as the whole, and so the same verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api, read_lowered
from groundwire_codegen.vendor import between
from groundwire_codegen.vendor.manifest import description

from tests.codegen.packages import earth_engine

WANTED = {
    "drive.v3": ("drive.files.get", "drive.files.list"),
    "storage.v1": ("storage.objects.insert", "storage.buckets.getIamPolicy"),
    "compute.v1": ("compute.instances.insert", "compute.zoneOperations.wait"),
    "oauth2.v2": ("oauth2.userinfo.v2.me.get",),
}


def kept(inputs: Inputs) -> tuple[bytes, int]:
    """The document of a description, and how many characters the whole has."""
    text = description(inputs)
    return json.dumps(json.loads(text)["document"]).encode(), len(text)


@pytest.mark.parametrize("name", WANTED)
def test_the_part_is_read_as_the_whole_is(name: str) -> None:
    client = pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    path = Path(client.__path__[0]) / "discovery_cache" / "documents" / f"{name}.json"
    inputs = Inputs(name=name, document=path.read_bytes(), package="x", methods=WANTED[name])
    document, size = kept(inputs)
    whole = normal(inputs.document, name, prose=False)
    assert read_api(document, methods=inputs.methods) == read_api(whole, methods=inputs.methods)
    assert size < len(whole) or name == "oauth2.v2"
    assert between(description(inputs), description(inputs), {}).changes == ()


def test_the_part_that_an_overlay_asks_for_is_read_as_the_whole_is() -> None:
    inputs = earth_engine()
    document, size = kept(inputs)
    assert read_api(document, inputs.overlay) == read_api(inputs.document, inputs.overlay)
    assert size < 50_000


TEXT = {"type": "string"}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(schema: Any, **more: Any) -> dict[str, Any]:
    content = {"text/plain": {}, "application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "", "content": content}}, **more}


ZOO: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Zoo", "version": "1"},
    "servers": [{"url": "https://zoo.example"}],
    "security": [{"key": []}],
    "paths": {
        "/animals": {
            "parameters": [{"$ref": "#/components/parameters/Page"}],
            "get": operation(ref("Animal"), operationId="list"),
            "post": operation(ref("Keeper"), operationId="add"),
        },
        "/food": {"get": operation(ref("Food"), operationId="food")},
        # An id that is used twice: the second one is named by its path.
        "/a": {"get": operation(ref("Keeper"), operationId="same")},
        "/b": {"get": operation(ref("Food"), operationId="same")},
        "/c": {"get": {"responses": {"200": {"$ref": "#/paths/~1food/get/responses/200"}}}},
        "/d": {"get": operation({"$ref": "other.yaml#/Cage"}, operationId="cage")},
    },
    "components": {
        "parameters": {
            "Page": {"name": "page", "in": "query", "schema": ref("Page")},
            "Unused": {"name": "unused", "in": "query", "schema": TEXT},
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}},
        "schemas": {
            "Page": {"type": "integer"},
            "Animal": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": TEXT},
                "discriminator": {"propertyName": "kind", "mapping": {"bird": "Bird"}},
            },
            "Cat": {"allOf": [ref("Animal"), {"type": "object", "properties": {"claws": ref("Claws")}}]},
            "Bird": {"allOf": [ref("Animal"), {"type": "object", "properties": {"wings": TEXT}}]},
            "Claws": {"type": "object", "properties": {"length": {"type": "number"}}},
            "Keeper": {"type": "object", "properties": {"name": TEXT}},
            "Food": {"type": "object", "properties": {"for": ref("Keeper"), "of": TEXT}},
            "Far": {"type": "object", "properties": {"text": TEXT}},
        },
    },
}
OTHERS = {
    "other.yaml": {
        "Cage": {"type": "object", "properties": {"far": {"$ref": "zoo.json#/components/schemas/Far"}}}
    },
    "unused.yaml": {"Unused": TEXT},
}


@pytest.mark.parametrize("overlay", [None, b"[messages.Keeper]\n"])
@pytest.mark.parametrize(
    ("wanted", "schemas"),
    [
        ("list", {"Animal", "Bird", "Cat", "Claws", "Page"}),
        ("food", {"Food", "Keeper"}),
        ("same", {"Keeper"}),
        ("getB", {"Food", "Keeper"}),
        ("getC", {"Food", "Keeper"}),
        ("cage", {"Far"}),
    ],
)
def test_an_openapi_document_is_cut_to_the_operations_in_use(
    wanted: str, schemas: set[str], overlay: bytes | None
) -> None:
    references = {uri: json.dumps(value).encode() for uri, value in OTHERS.items()}
    inputs = Inputs(
        name="zoo.json",
        document=json.dumps(ZOO).encode(),
        overlay=overlay,
        package="zoo",
        methods=(wanted,),
        references=references,
        base="zoo.json",
    )
    value = json.loads(description(inputs))
    document = value["document"]
    assert set(document["components"]["schemas"]) == schemas | ({"Keeper"} if overlay else set())
    assert set(document["components"].get("parameters", {})) == ({"Page"} if wanted == "list" else set())
    assert set(value.get("references", {})) == ({"other.yaml"} if wanted == "cage" else set())
    kept = {uri: json.dumps(each).encode() for uri, each in value.get("references", {}).items()}
    part = read_lowered(
        json.dumps(document).encode(), methods=[wanted], references=kept, base=value.get("base", "")
    )
    whole = read_lowered(inputs.document, methods=[wanted], references=references, base="zoo.json")
    assert part.api == whole.api
    assert between(description(inputs), description(inputs), {}).changes == ()


def test_an_openapi_document_stays_whole_where_every_operation_is_wanted() -> None:
    inputs = Inputs(name="zoo.json", document=json.dumps(ZOO).encode(), package="zoo")
    assert json.loads(description(inputs))["document"] == ZOO


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"document": {}, "methods": 1, "overlay": null}', "[" * 9_999]
)
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="no description of a copy"):
        between(text, description(earth_engine()), {})
